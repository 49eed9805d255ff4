// FaultBarrier
