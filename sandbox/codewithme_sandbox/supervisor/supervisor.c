/*
 * The supervisor: PID 1 of a sandbox container. It runs the stages of one job for the host and tells how each ended.
 *
 * Theory of operation
 * -------------------
 * The host attaches to this process' standard input and output before it starts the container, so the only stream
 * between host and container exists before any code of the job does. Both directions carry frames:
 *
 *     type (1 byte)  length (4 bytes, big endian)  payload
 *
 * from the host                                      to the host
 *   F  a file: 2 bytes length of name, name, content   H  hello: ready for a job
 *   S  run a stage: strings, each ended by NUL:        O  standard output of the stage
 *      wall_ms output_bytes file_bytes argc argv… env… E  standard error of the stage
 *      (output_bytes negative: drop what is beyond)
 *   I  standard input for the running stage            X  the stage ended: "key=value …"
 *   Z  end of standard input                           !  something here failed: a sentence
 *   K  a signal (1 byte) for the main process
 *   P  prepare a program: strings as for S             W  the prepared program is warm
 *   G  go, both stages in the prepared program:        C  its compile stage went well: "key=value …"
 *      strings as for S, argv being the job's
 *
 * The host sends all files, then a stage (compile, say), waits for X, and sends the next stage or goes away. When its
 * end of the stream closes, whatever runs is killed and this process exits, which ends the container: a killed server
 * leaves nothing running.
 *
 * Or it sends P while the container waits for a job. The prepared program (an interpreter) starts, loads what it always
 * needs and says so on descriptor 3, a socket to here. On G it gets the job's words over that socket, checks the code,
 * says that it did, closes the socket, and only then becomes the job. So there is nothing to attack: no process but the
 * job's own is there when the first line of the job's code runs, that process is our child like any other, and what it
 * could have said on the socket it has said already.
 *
 * Why a program cannot forge or disturb this:
 *   - its standard streams are pipes that end here; what it prints becomes the payload of an O or E frame, never a frame;
 *   - every descriptor here is close-on-exec, and /proc/1 belongs to root because this process is not dumpable, so the
 *     stream cannot be opened, and neither can our memory; the host's seccomp profile forbids ptrace and prlimit on us;
 *   - PID 1 of a PID namespace gets no signal from inside that it has no handler for, SIGKILL and SIGSTOP included;
 *   - the exit status is what the kernel tells the parent.
 * And why nothing is left between stages: kill(-1) reaches every other process of the container, also those that made
 * sessions of their own, and is repeated until the kernel says that there is no child left (orphans are our children).
 *
 * Memory and process limits are the container's cgroup; its event counters tell whether a stage ran into one. Wall
 * time, output and file size are ours. The host has its own clock and does not depend on this one.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    HOST_IN = 0,
    HOST_OUT = 1,
    CHUNK = 65536,
    MAX_STRINGS = 1024,
    /* How long, after the main process ended, its children may still write what they have. */
    GRACE_MS = 200,
    /* Output is taken no more often, so that a program that prints byte by byte is no work for those who watch. */
    BATCH_MS = 10,
};

#define CODE_FOLDER "/code"

/* File-level and touched at the start: when a program has used up the container's memory we must not need any more. */
static char frame[5 + CHUNK];
static char buffer[CHUNK];

/* ---- frames ---------------------------------------------------------------------------------------------------- */

static void write_all(const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t n = write(HOST_OUT, bytes, length);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) _exit(3); /* the host is gone */
        bytes += n;
        length -= (size_t)n;
    }
}

/* One write for header and payload, so that a frame is one message of the engine's stream. */
static void send_frame(char type, const char *payload, size_t length) {
    uint32_t size = htonl((uint32_t)length);
    frame[0] = type;
    memcpy(frame + 1, &size, 4);
    memcpy(frame + 5, payload, length);
    write_all(frame, 5 + length);
}

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length >= (int)sizeof text) length = sizeof text - 1;
    send_frame('!', text, (size_t)length);
    _exit(4);
}

static void read_all(char *bytes, size_t length) {
    while (length > 0) {
        ssize_t n = read(HOST_IN, bytes, length);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) _exit(3);
        bytes += n;
        length -= (size_t)n;
    }
}

/* ---- files of the job -------------------------------------------------------------------------------------------- */

static void make_parents(char *path) {
    for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(path, 0755) < 0 && errno != EEXIST) fail("cannot make the folder %s: %s", path, strerror(errno));
        *slash = '/';
    }
}

/* No program has run yet, so no link can be in the way; the host has refused absolute names and "..". */
static void receive_file(uint32_t length) {
    static char name[4096];
    uint16_t name_length;
    if (length < 2) fail("a file frame without a name");
    read_all((char *)&name_length, 2);
    name_length = ntohs(name_length);
    length -= 2;
    if (name_length == 0 || name_length >= sizeof name || name_length > length) fail("a file frame with a bad name");
    read_all(name, name_length);
    name[name_length] = 0;
    length -= name_length;
    if (name[0] == '/' || strstr(name, "..")) fail("a file outside the folder of the job");
    make_parents(name);
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (file < 0) fail("cannot write %s: %s", name, strerror(errno));
    while (length > 0) {
        size_t part = length < sizeof buffer ? length : sizeof buffer;
        read_all(buffer, part);
        for (size_t done = 0; done < part;) {
            ssize_t n = write(file, buffer + done, part - done);
            if (n < 0) fail("cannot write %s: %s", name, strerror(errno));
            done += (size_t)n;
        }
        length -= (uint32_t)part;
    }
    close(file);
}

/* ---- counters of the container's cgroup ------------------------------------------------------------------------- */

/* A file such as "max 3" or "…\noom_kill 1\n"; version 1 and version 2 of cgroups differ only in its place. */
struct counter {
    const char *paths[2];
    const char *key;
    int file;
};

static struct counter oom_kills = {{"/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"}, "oom_kill ", -1};
static struct counter fork_refusals = {{"/sys/fs/cgroup/pids.events", "/sys/fs/cgroup/pids/pids.events"}, "max ", -1};

static void open_counter(struct counter *counter) {
    for (int i = 0; i < 2 && counter->file < 0; i++) counter->file = open(counter->paths[i], O_RDONLY | O_CLOEXEC);
}

static long read_counter(const struct counter *counter) {
    char text[1024];
    ssize_t n = counter->file < 0 ? -1 : pread(counter->file, text, sizeof text - 1, 0);
    if (n <= 0) return 0;
    text[n] = 0;
    size_t key = strlen(counter->key);
    for (char *line = text; line; line = strchr(line, '\n')) {
        if (*line == '\n') line++;
        if (strncmp(line, counter->key, key) == 0) return atol(line + key);
    }
    return 0;
}

/* ---- a stage ----------------------------------------------------------------------------------------------------- */

struct stage {
    double wall_ms;
    long output_bytes;
    int is_output_dropped; /* beyond output_bytes output is dropped; otherwise it ends the stage */
    long file_bytes;
    char *argv[MAX_STRINGS];
    char *env[MAX_STRINGS];
};

struct run {
    pid_t main_process;
    int stdin_pipe, stdout_pipe, stderr_pipe;
    int is_main_over, status;
    /* To the prepared program until it has checked the code, else -1; its own count of processor time by then. */
    int control;
    long cpu_before_us;
    double started, deadline, quiet_until;
    long cpu_us, peak_kib;
    long written;
    int is_truncated;
    const char *limit;
    /* A frame from the host that is being read, or standard input that the program has not taken yet. */
    char incoming[5 + CHUNK];
    size_t have, taken;
};

static double now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void receive_stage(struct stage *stage, uint32_t length) {
    static char *strings;
    free(strings);
    strings = malloc(length + 1);
    if (!strings) fail("no memory for the command");
    read_all(strings, length);
    strings[length] = 0;

    char *all[MAX_STRINGS];
    int count = 0;
    for (char *at = strings; at < strings + length; at += strlen(at) + 1) {
        if (count == MAX_STRINGS - 1) fail("the command has too many words");
        all[count++] = at;
    }
    int argc = count >= 5 ? atoi(all[3]) : 0;
    if (argc < 1 || argc > count - 4) fail("a stage frame with a bad command");
    stage->wall_ms = atof(all[0]);
    stage->is_output_dropped = all[1][0] == '-';
    stage->output_bytes = labs(atol(all[1]));
    stage->file_bytes = atol(all[2]);
    memcpy(stage->argv, all + 4, (size_t)argc * sizeof(char *));
    stage->argv[argc] = NULL;
    memcpy(stage->env, all + 4 + argc, (size_t)(count - 4 - argc) * sizeof(char *));
    stage->env[count - 4 - argc] = NULL;
}

/* Between vfork and exec: plain system calls only. */
__attribute__((noreturn)) static void become_program(const struct stage *stage, const int fds[], int count, volatile int *error) {
    struct rlimit file_size = {(rlim_t)stage->file_bytes, (rlim_t)stage->file_bytes};
    sigset_t none;
    sigemptyset(&none);
    signal(SIGPIPE, SIG_DFL);
    setsid();
    for (int fd = 0; fd < count; fd++)
        if (dup2(fds[fd], fd) < 0) _exit(127);
    close_range((unsigned)count, ~0U, 0);
    setrlimit(RLIMIT_FSIZE, &file_size);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(stage->argv[0], stage->argv, stage->env);
    *error = errno;
    _exit(127);
}

static void start_program(struct run *run, const struct stage *stage, int is_prepared) {
    int in[2], out[2], err[2], control[2] = {-1, -1};
    volatile int error = 0;
    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC)) fail("no pipes: %s", strerror(errno));
    if (is_prepared && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control)) fail("no socket: %s", strerror(errno));
    int program_ends[4] = {in[0], out[1], err[1], control[1]};
    int count = is_prepared ? 4 : 3;
    run->main_process = vfork();
    if (run->main_process == 0) become_program(stage, program_ends, count, &error);
    if (run->main_process < 0) fail("cannot start a process: %s", strerror(errno));
    for (int i = 0; i < count; i++) close(program_ends[i]);
    if (error) fail("cannot start %s: %s", stage->argv[0], strerror(error));
    run->stdin_pipe = in[1];
    run->stdout_pipe = out[0];
    run->stderr_pipe = err[0];
    run->control = control[0];
    fcntl(run->stdin_pipe, F_SETFL, O_NONBLOCK);
    fcntl(run->stdout_pipe, F_SETFL, O_NONBLOCK);
    fcntl(run->stderr_pipe, F_SETFL, O_NONBLOCK);
}

static void close_pipe(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

/* Takes what one of the program's streams has now, up to the cap, and hands it to the host. */
static void forward_output(struct run *run, const struct stage *stage, int *fd, char type) {
    ssize_t n = read(*fd, buffer, sizeof buffer);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) {
        close_pipe(fd);
        return;
    }
    long room = stage->output_bytes - run->written;
    if (n > room) {
        run->is_truncated = 1;
        if (!stage->is_output_dropped) run->limit = "output";
        n = room;
    }
    if (n > 0) send_frame(type, buffer, (size_t)n);
    run->written += n;
}

/* Reads one frame (I, Z or K) from the host as far as it has come, and feeds input to the program as far as it takes it. */
static void forward_input(struct run *run) {
    uint32_t length;
    if (run->have < 5) {
        ssize_t n = read(HOST_IN, run->incoming + run->have, 5 - run->have);
        if (n <= 0 && errno != EINTR) _exit(3);
        if (n > 0) run->have += (size_t)n;
        if (run->have < 5) return;
    }
    memcpy(&length, run->incoming + 1, 4);
    length = ntohl(length);
    if (length > CHUNK) fail("a frame of %u bytes during a stage", length);
    if (run->have < 5 + length) {
        ssize_t n = read(HOST_IN, run->incoming + run->have, 5 + length - run->have);
        if (n <= 0 && errno != EINTR) _exit(3);
        if (n > 0) run->have += (size_t)n;
        if (run->have < 5 + length) return;
    }
    char type = run->incoming[0];
    if (type == 'Z') close_pipe(&run->stdin_pipe);
    else if (type == 'K' && length == 1) {
        if (!run->is_main_over) kill(run->main_process, run->incoming[5]);
    } else if (type != 'I') fail("a frame '%c' during a stage", type);
    if (type != 'I' || run->stdin_pipe < 0) run->have = 0;
    run->taken = 5;
}

/* When the stage ends in the middle of a frame from the host, its rest must not be taken for the next one. */
static void drop_input(struct run *run) {
    uint32_t length;
    if (run->have == 0) return;
    if (run->have < 5) {
        read_all(run->incoming + run->have, 5 - run->have);
        run->have = 5;
    }
    memcpy(&length, run->incoming + 1, 4);
    length = ntohl(length);
    if (length > CHUNK) fail("a frame of %u bytes during a stage", length);
    if (run->have < 5 + length) read_all(run->incoming + run->have, 5 + length - run->have);
}

static int is_input_pending(const struct run *run) {
    uint32_t length;
    memcpy(&length, run->incoming + 1, 4);
    return run->have >= 5 && run->have == 5 + ntohl(length) && run->stdin_pipe >= 0;
}

static void feed_program(struct run *run) {
    ssize_t n = write(run->stdin_pipe, run->incoming + run->taken, run->have - run->taken);
    if (n > 0) run->taken += (size_t)n;
    if (n < 0 && errno != EAGAIN && errno != EINTR) close_pipe(&run->stdin_pipe); /* it reads no more */
    if (run->stdin_pipe < 0 || run->taken == run->have) run->have = 0;
}

static void note_end(struct run *run, pid_t pid, int status, const struct rusage *usage) {
    run->cpu_us += (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000000L + usage->ru_utime.tv_usec + usage->ru_stime.tv_usec;
    if (usage->ru_maxrss > run->peak_kib) run->peak_kib = usage->ru_maxrss;
    if (pid == run->main_process) {
        run->is_main_over = 1;
        run->status = status;
    }
}

static void reap(struct run *run) {
    struct rusage usage;
    int status;
    for (pid_t pid; (pid = wait4(-1, &status, WNOHANG, &usage)) > 0;) note_end(run, pid, status, &usage);
}

/* Returns when no other process is left in the container. */
static void kill_everything(struct run *run) {
    struct rusage usage;
    int status;
    for (;;) {
        kill(-1, SIGKILL);
        pid_t pid = wait4(-1, &status, 0, &usage);
        if (pid > 0) note_end(run, pid, status, &usage);
        else if (errno == ECHILD) return;
    }
}

/* "W 1234" or "C 1234" from the prepared program, with its processor time in microseconds; 0 if it is over. */
static char hear_program(struct run *run, long *cpu_us) {
    char text[32];
    ssize_t n = recv(run->control, text, sizeof text - 1, 0);
    if (n < 2) return 0;
    text[n] = 0;
    *cpu_us = atol(text + 1);
    return text[0];
}

/* The prepared program has checked the code, or has found a fault in it and is about to end. From here on it is the job. */
static void note_compiled(struct run *run, const struct stage *stage) {
    char text[64];
    long cpu_us;
    double now = now_ms();
    if (hear_program(run, &cpu_us) == 'C') {
        int length = snprintf(text, sizeof text, "wall_us=%.0f cpu_us=%ld", (now - run->started) * 1e3, cpu_us - run->cpu_before_us);
        send_frame('C', text, (size_t)length);
        run->cpu_before_us = cpu_us;
        run->started = now;
        run->deadline = now + stage->wall_ms;
    }
    close_pipe(&run->control);
}

/* Passes streams to and fro until the program is over or a limit is hit. */
static void attend(struct run *run, const struct stage *stage, int child_signals) {
    double end_of_grace = 0;
    while (!run->limit) {
        int is_silent = run->stdout_pipe < 0 && run->stderr_pipe < 0;
        if (run->is_main_over && is_silent) return;
        if (run->is_main_over && !end_of_grace) end_of_grace = now_ms() + GRACE_MS;
        double now = now_ms();
        double left = (end_of_grace && end_of_grace < run->deadline ? end_of_grace : run->deadline) - now;
        if (left <= 0) {
            if (!run->is_main_over) run->limit = "wall_time";
            return;
        }
        /* At the end nothing more is to come, and nobody shall wait for it. */
        int is_quiet = !run->is_main_over && now < run->quiet_until;
        if (is_quiet && run->quiet_until - now < left) left = run->quiet_until - now;
        int wait_ms = left < 1e6 ? (int)left + 1 : 1000000;
        int is_pending = is_input_pending(run);
        struct pollfd fds[] = {
            {is_quiet ? -1 : run->stdout_pipe, POLLIN, 0},
            {is_quiet ? -1 : run->stderr_pipe, POLLIN, 0},
            {is_pending ? run->stdin_pipe : -1, POLLOUT, 0},
            {is_pending ? -1 : HOST_IN, POLLIN, 0},
            {child_signals, POLLIN, 0},
            /* Poll watches for hang-ups even with no event asked for: the host may go away while input is pending. */
            {is_pending ? HOST_IN : -1, 0, 0},
            {run->control, POLLIN, 0},
        };
        if (poll(fds, 7, wait_ms) < 0) continue;
        if (fds[6].revents) note_compiled(run, stage);
        if (fds[0].revents) forward_output(run, stage, &run->stdout_pipe, 'O');
        if (fds[1].revents && !run->limit) forward_output(run, stage, &run->stderr_pipe, 'E');
        if (fds[0].revents || fds[1].revents) run->quiet_until = now_ms() + BATCH_MS;
        if (fds[2].revents) feed_program(run);
        if (fds[3].revents) forward_input(run);
        if (fds[4].revents) {
            struct signalfd_siginfo signals[16];
            if (read(child_signals, signals, sizeof signals) > 0) reap(run);
        }
        if (fds[5].revents) _exit(3);
    }
}

static void report(const struct run *run, double wall_ms) {
    char text[256];
    int signal = WIFSIGNALED(run->status) ? WTERMSIG(run->status) : 0;
    int length = snprintf(text, sizeof text, "exit=%d signal=%d limit=%s wall_us=%.0f cpu_us=%ld peak_kib=%ld truncated=%d",
                          WIFEXITED(run->status) ? WEXITSTATUS(run->status) : -1, signal, run->limit ? run->limit : "none",
                          wall_ms * 1e3, run->cpu_us - run->cpu_before_us, run->peak_kib, run->is_truncated);
    send_frame('X', text, (size_t)length);
}

static struct run run;

/* From the start of the program, or of the job in the prepared one, to the report of its end. */
static void follow(const struct stage *stage, int child_signals, long oom_kills_before, long fork_refusals_before) {
    run.deadline = run.started + stage->wall_ms;
    attend(&run, stage, child_signals);
    if (run.control >= 0) {
        fcntl(run.control, F_SETFL, O_NONBLOCK);
        note_compiled(&run, stage);
    }
    double wall_ms = now_ms() - run.started;
    kill_everything(&run);
    drop_input(&run);
    close_pipe(&run.stdin_pipe);
    /* Nobody holds the other ends any more: what was written before the end still comes out, then end of file. */
    while (run.stdout_pipe >= 0 && !run.is_truncated) forward_output(&run, stage, &run.stdout_pipe, 'O');
    while (run.stderr_pipe >= 0 && !run.is_truncated) forward_output(&run, stage, &run.stderr_pipe, 'E');
    close_pipe(&run.stdout_pipe);
    close_pipe(&run.stderr_pipe);
    if (!run.limit && WIFSIGNALED(run.status) && WTERMSIG(run.status) == SIGXFSZ) run.limit = "file_size";
    if (!run.limit && read_counter(&oom_kills) > oom_kills_before) run.limit = "memory";
    if (!run.limit && read_counter(&fork_refusals) > fork_refusals_before) run.limit = "processes";
    report(&run, wall_ms);
    run.main_process = 0;
}

static void run_stage(const struct stage *stage, int child_signals) {
    if (run.main_process) fail("a stage beside a prepared program");
    memset(&run, 0, sizeof run);
    long oom_kills_before = read_counter(&oom_kills), fork_refusals_before = read_counter(&fork_refusals);
    run.started = now_ms();
    start_program(&run, stage, 0);
    follow(stage, child_signals, oom_kills_before, fork_refusals_before);
}

static void prepare(const struct stage *stage) {
    if (run.main_process) fail("a second prepared program");
    memset(&run, 0, sizeof run);
    start_program(&run, stage, 1);
    if (hear_program(&run, &run.cpu_before_us) != 'W') fail("the prepared program %s did not start", stage->argv[0]);
    send_frame('W', "", 0);
}

static void run_prepared(const struct stage *stage, int child_signals) {
    char words[4096];
    size_t length = 0;
    if (!run.main_process) fail("no program is prepared");
    long oom_kills_before = read_counter(&oom_kills), fork_refusals_before = read_counter(&fork_refusals);
    run.started = now_ms();
    for (char *const *word = stage->argv; *word; word++) {
        size_t size = strlen(*word) + 1;
        if (length + size > sizeof words) fail("the command of the prepared program is too long");
        memcpy(words + length, *word, size);
        length += size;
    }
    if (send(run.control, words, length, MSG_NOSIGNAL) < 0) fail("the prepared program is gone: %s", strerror(errno));
    follow(stage, child_signals, oom_kills_before, fork_refusals_before);
}

int main(void) {
    static struct stage stage;
    sigset_t child;
    prctl(PR_SET_DUMPABLE, 0);
    memset(frame, 1, sizeof frame);
    memset(buffer, 1, sizeof buffer);
    memset(&run, 1, sizeof run);
    memset(&run, 0, sizeof run);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    int child_signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    fcntl(HOST_IN, F_SETFD, FD_CLOEXEC);
    fcntl(HOST_OUT, F_SETFD, FD_CLOEXEC);
    open_counter(&oom_kills);
    open_counter(&fork_refusals);
    umask(022);
    if (chdir(CODE_FOLDER) < 0) fail("no folder " CODE_FOLDER ": %s", strerror(errno));
    send_frame('H', "", 0);

    for (;;) {
        char header[5];
        uint32_t length;
        read_all(header, 5);
        memcpy(&length, header + 1, 4);
        length = ntohl(length);
        if (header[0] == 'F') receive_file(length);
        else if (header[0] == 'S') {
            receive_stage(&stage, length);
            run_stage(&stage, child_signals);
        } else if (header[0] == 'P') {
            receive_stage(&stage, length);
            prepare(&stage);
        } else if (header[0] == 'G') {
            receive_stage(&stage, length);
            run_prepared(&stage, child_signals);
        } else if (header[0] == 'I' || header[0] == 'Z' || header[0] == 'K') {
            /* For a stage that is over already. */
            if (length > CHUNK) fail("a frame of %u bytes between stages", length);
            read_all(buffer, length);
        } else fail("an unknown frame '%c'", header[0]);
    }
}
