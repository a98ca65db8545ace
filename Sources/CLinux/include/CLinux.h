// Linux interfaces that Swift's Glibc module leaves out or cannot express.
#pragma once

#include <spawn.h>
#include <sys/epoll.h>

unsigned long linux_thread(void);

/// accept4 with SOCK_CLOEXEC and SOCK_NONBLOCK, the peer's address unread.
int linux_accept(int descriptor);

int linux_eventfd(void);
/// A non-blocking descriptor that reports SIGINT, SIGTERM and, unless it is ignored, SIGHUP, which are blocked for the calling thread
/// and its children.
int linux_termination_signals(void);
/// A file without a place in the file system, closed in commands that are started.
int linux_memory_file(const char *name);
/// A blocking pipe whose ends are closed in commands that are started.
int linux_command_pipe(int ends[2]);
/// Makes a command that is started close every descriptor from `first` on.
int linux_spawn_close_from(posix_spawn_file_actions_t *actions, int first);

/// Has memory of large requests go back to the system when it is freed. Other allocators, such as a sanitizer's, heed nothing.
void linux_return_large_memory(void);

struct epoll_event linux_epoll_event(unsigned int events, unsigned long long data);
unsigned long long linux_epoll_data(struct epoll_event event);

static const unsigned int linux_epoll_readable = EPOLLIN;
static const unsigned int linux_epoll_writable = EPOLLOUT;
static const unsigned int linux_epoll_peer_closed = EPOLLRDHUP;
static const unsigned int linux_epoll_hang_up = EPOLLHUP;
static const unsigned int linux_epoll_failed = EPOLLERR;
static const unsigned int linux_epoll_edge_triggered = EPOLLET;
static const unsigned int linux_epoll_exclusive = EPOLLEXCLUSIVE;
static const int linux_epoll_close_on_exec = EPOLL_CLOEXEC;
