#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

unsigned long linux_thread(void) { return (unsigned long)pthread_self(); }

int linux_accept(int descriptor) { return accept4(descriptor, 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK); }

int linux_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int linux_termination_signals(void) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    // nohup has it ignored, and a descriptor would report it all the same.
    struct sigaction hangup;
    if (sigaction(SIGHUP, 0, &hangup) != 0 || hangup.sa_handler != SIG_IGN) sigaddset(&signals, SIGHUP);
    if (pthread_sigmask(SIG_BLOCK, &signals, 0) != 0) return -1;
    return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

void linux_return_large_memory(void) {
    // Left to itself, glibc raises the threshold to 32 MiB with what it sees freed, and keeps what lies below.
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 4 << 20);
}

int linux_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

struct epoll_event linux_epoll_event(unsigned int events, unsigned long long data) {
    struct epoll_event event;
    event.events = events;
    event.data.u64 = data;
    return event;
}

unsigned long long linux_epoll_data(struct epoll_event event) { return event.data.u64; }

int linux_command_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int linux_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}
