// FCGX: libfcgi's thread-safe interface. fcgios.h is left out: it redefines what the system headers define.
#include <fcgiapp.h>
