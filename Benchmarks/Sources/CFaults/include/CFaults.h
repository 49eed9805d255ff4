#pragma once

// Divides, in C, where nobody checks the divisor.
int faults_divide(int dividend, int divisor);
