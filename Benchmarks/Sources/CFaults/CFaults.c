#include "CFaults.h"

int faults_divide(int dividend, int divisor) {
  volatile int by = divisor;
  return dividend / by;
}
