/*
 * A Python interpreter that is started before the job is there: warm_python /usr/bin/python3 [option]…
 *
 * Theory of operation
 * -------------------
 * The supervisor (see there, frame P) starts this with descriptor 3 a socket to itself. We bring the interpreter up as
 * the command on our own command line would, load the modules that programs like to import (warm.py), say "W", and wait.
 * The supervisor's answer is the name of the entry file. We read and compile it; a fault in it ends us with status 1.
 * Else we say "C", close the socket and run the code in this very process.
 *
 * Why not fork: a fork-server would be a process of the same user beside the job's, with descriptors and memory worth
 * attacking. A container runs one job, so the interpreter that waited can be the job's process itself.
 *
 * Why in C: nothing of ours may be on the stack below the program's first frame, where tracebacks, inspect and
 * warnings would show it. What follows does what CPython's own main does with a file (pymain_run_file and below):
 * the same __main__, the same printing of an uncaught exception, the same way out.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SUPERVISOR = 3, MAX_WORDS = 16 };

static const char preparation[] = {
#include "warm.h"
    , 0};

/* One letter and the processor time used so far, so that the job is not charged for the start of the interpreter. */
static void tell_supervisor(char what) {
    char text[32];
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    long cpu_us = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000L + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
    int length = snprintf(text, sizeof text, "%c %ld", what, cpu_us);
    if (send(SUPERVISOR, text, (size_t)length, MSG_NOSIGNAL) < 0) _exit(3);
}

static void start_interpreter(int argc, char **argv) {
    static char script[] = "main.py"; /* stands in for the entry, whose name is not known yet */
    char *words[MAX_WORDS];
    PyConfig config;
    if (argc < 2 || argc >= MAX_WORDS) _exit(2);
    for (int i = 1; i < argc; i++) words[i - 1] = argv[i];
    words[argc - 1] = script;
    PyConfig_InitPythonConfig(&config);
    PyStatus status = PyConfig_SetBytesArgv(&config, argc, words);
    if (!PyStatus_Exception(status)) status = Py_InitializeFromConfig(&config);
    if (PyStatus_Exception(status)) Py_ExitStatusException(status);
    PyConfig_Clear(&config);
}

/* Runs warm.py in `globals`, a namespace of its own, and returns its function `ready`. */
static PyObject *warm_up(PyObject *globals) {
    PyObject *done = globals ? PyRun_String(preparation, Py_file_input, globals, globals) : NULL;
    PyObject *ready = done ? PyDict_GetItemString(globals, "ready") : NULL;
    if (!ready) {
        PyErr_Print();
        _exit(2);
    }
    Py_INCREF(ready);
    Py_DECREF(done);
    return ready;
}

static void flush_streams(void) {
    PyObject *error = PyErr_GetRaisedException();
    static const char *const names[] = {"stderr", "stdout"};
    for (int i = 0; i < 2; i++) {
        PyObject *stream = PySys_GetObject(names[i]);
        PyObject *done = stream ? PyObject_CallMethod(stream, "flush", NULL) : NULL;
        if (!done) PyErr_Clear();
        Py_XDECREF(done);
    }
    PyErr_SetRaisedException(error);
}

static int run_program(PyObject *code) {
    PyObject *globals = PyModule_GetDict(PyImport_AddModule("__main__"));
    Py_INCREF(globals);
    PyObject *result = PyEval_EvalCode(code, globals, globals);
    Py_DECREF(code);
    flush_streams();
    int is_interrupted = !result && PyErr_ExceptionMatches(PyExc_KeyboardInterrupt);
    if (!result) PyErr_Print(); /* ends the process if it is SystemExit */
    if (PyDict_DelItemString(globals, "__file__") < 0) PyErr_Clear();
    if (PyDict_DelItemString(globals, "__cached__") < 0) PyErr_Clear();
    Py_DECREF(globals);
    int status = result ? 0 : 1;
    Py_XDECREF(result);
    if (Py_FinalizeEx() < 0) status = 120;
    if (is_interrupted) {
        signal(SIGINT, SIG_DFL);
        kill(getpid(), SIGINT);
    }
    return status;
}

int main(int argc, char **argv) {
    char entry[4096];
    prctl(PR_SET_NAME, "python3");
    start_interpreter(argc, argv);
    PyObject *globals = PyDict_New();
    PyObject *ready = warm_up(globals);
    tell_supervisor('W');

    ssize_t length = recv(SUPERVISOR, entry, sizeof entry - 1, 0);
    if (length <= 0) _exit(0); /* the supervisor has gone */
    entry[length] = 0;

    PyObject *code = PyObject_CallFunction(ready, "s", entry);
    Py_DECREF(ready);
    PyDict_Clear(globals); /* nothing of ours stays in memory */
    Py_DECREF(globals);
    if (!code) PyErr_Print();
    if (!code || code == Py_None) return Py_FinalizeEx() < 0 ? 120 : 1;
    tell_supervisor('C');
    close(SUPERVISOR);
    return run_program(code);
}
