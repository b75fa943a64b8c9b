/* Time for a function under callgrind, which takes fifty times as long as the processor: it goes a hundredth as fast. So
   no time-out is over that would not be over on a processor of its own, however busy the machine is. */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
  int failed = (int)syscall(SYS_clock_gettime, clock, now);
  if (!failed && clock == CLOCK_MONOTONIC) {
    long long nanoseconds = (now->tv_sec * 1000000000LL + now->tv_nsec) / 100;
    now->tv_sec = nanoseconds / 1000000000;
    now->tv_nsec = nanoseconds % 1000000000;
  }
  return failed;
}
