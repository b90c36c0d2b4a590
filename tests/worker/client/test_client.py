"""The client's state machine, against a worker that the test plays."""

from __future__ import annotations

import json
import signal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maya_stylize import events
from maya_stylize.errors import StylizeError
from maya_stylize.worker import protocol

RESULT = events.Result("out.png", None, {"kind": "synthesize"}, 1.0, {"pool1": 0.1})
PROGRESS = events.Progress("octave 32x32", 0.5, 2.0, 3.0)
SHARED = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_nothing_is_started_before_it_is_needed(bench):
    assert bench.workers == []
    assert bench.client.hello is None
    assert bench.client.log is None


def test_a_job_that_was_broken_off_may_go_on(bench):
    bench.client.run({"seed": 1}, None, print, resume=True)
    bench.worker.hello()
    assert bench.worker.sent[0]["resume"] is True


def test_a_job_waits_for_the_hello_and_is_told_everything(bench):
    number = bench.run(kind="synthesize", seed=7)
    assert bench.worker.sent == []
    bench.worker.hello()
    assert bench.worker.sent == [
        {
            "id": number,
            "command": "run",
            "job": {"kind": "synthesize", "seed": 7},
            "previews": None,
            "resume": False,
        }
    ]
    bench.worker.say(protocol.Device("jax", "cpu:0", "CPU", 1 << 34), number)
    bench.worker.say(PROGRESS, number)
    assert bench.client.queue == (number,)
    bench.worker.say(RESULT, number)
    assert bench.told[number] == [
        {"event": "device", "backend": "jax", "device": "cpu:0", "name": "CPU", "memory": 1 << 34},
        {
            "event": "progress",
            "stage": "octave 32x32",
            "fraction": 0.5,
            "loss": 2.0,
            "seconds_left": 3.0,
        },
        {
            "event": "result",
            "path": "out.png",
            "sidecar": None,
            "job": {"kind": "synthesize"},
            "loss": 1.0,
            "layer_errors": {"pool1": 0.1},
            "maps": {},
        },
    ]
    assert bench.client.queue == ()
    assert not bench.worker.killed


def test_jobs_run_one_at_a_time_in_order_on_one_worker(bench):
    first, second, third = (bench.run(seed=seed) for seed in range(3))
    bench.worker.hello()
    for number in (first, second, third):
        assert bench.worker.sent[-1]["id"] == number
        assert bench.worker.sent[-1]["command"] == "run"
        bench.worker.say(RESULT, number)
    assert len(bench.workers) == 1
    assert [bench.kinds(number) for number in (first, second, third)] == [["result"]] * 3


def test_a_failed_job_does_not_stop_the_queue(bench):
    first, second = bench.run(), bench.run()
    bench.worker.hello()
    bench.worker.say(events.Failure("image", "It is empty.", "Choose another."), first)
    assert bench.told[first] == [
        {"event": "failure", "kind": "image", "message": "It is empty.", "hint": "Choose another."}
    ]
    assert bench.worker.sent[-1]["id"] == second
    assert len(bench.workers) == 1


def test_a_waiting_job_is_removed_without_a_word_to_the_worker(bench):
    first, second, third = (bench.run() for _ in range(3))
    bench.worker.hello()
    bench.client.cancel(second)
    assert bench.told[second] == [{"event": "cancelled"}]
    assert bench.client.queue == (first, third)
    bench.worker.say(RESULT, first)
    assert [each["id"] for each in bench.worker.sent] == [first, third]


def test_cancel_is_passed_on_and_the_next_job_runs_on_the_same_worker(bench):
    first, second = bench.run(), bench.run()
    bench.worker.hello()
    bench.client.cancel(first)
    (sent,) = bench.worker.commands("cancel")
    assert sent["run"] == first
    bench.worker.say(protocol.Reply(None), sent["id"])
    assert bench.kinds(first) == []
    bench.worker.say(protocol.Cancelled(), first)
    assert bench.kinds(first) == ["cancelled"]
    assert bench.worker.sent[-1]["id"] == second
    assert len(bench.workers) == 1


def test_the_second_cancel_kills_and_the_next_job_gets_a_new_worker(bench):
    first, second = bench.run(), bench.run()
    question = bench.ask(path="a.png")
    bench.worker.hello()
    bench.client.cancel(first)
    bench.client.cancel(first)
    assert bench.workers[0].killed
    assert bench.kinds(first) == ["cancelled"]
    assert len(bench.workers) == 2
    bench.worker.hello()
    assert bench.worker.commands("run")[0]["id"] == second
    # What was asked beside the job is asked again.
    assert bench.worker.commands("probe")[0]["id"] == question
    bench.workers[0].say(RESULT, first)
    bench.workers[0].ended(-9)
    assert bench.kinds(first) == ["cancelled"]
    assert not bench.worker.killed


def test_cancelling_what_has_ended_or_never_was_does_nothing(bench):
    number = bench.run()
    bench.worker.hello()
    bench.worker.say(RESULT, number)
    bench.client.cancel(number)
    bench.client.cancel(4711)
    assert bench.worker.commands("cancel") == []
    assert bench.kinds(number) == ["result"]


def test_small_commands_do_not_wait_for_the_job(bench):
    job = bench.run()
    bench.worker.hello()
    question = bench.ask(path="a.png")
    assert bench.worker.sent[-1] == {"id": question, "command": "probe", "path": "a.png"}
    bench.worker.say(protocol.Reply({"width": 5}), question)
    assert bench.answers[question] == [{"width": 5}]
    assert bench.client.queue == (job,)


def test_a_failed_small_command_is_answered_with_its_error(bench):
    question = bench.ask(path="a.png")
    bench.worker.hello()
    bench.worker.say(events.Failure("image", "a.png is empty.", "Choose another."), question)
    (error,) = bench.answers[question]
    assert isinstance(error, StylizeError)
    assert (error.kind, error.message, error.hint) == (
        "image",
        "a.png is empty.",
        "Choose another.",
    )


def test_fetching_tells_its_progress_and_can_be_cancelled(bench):
    heard, answers = [], []
    arguments = {"action": "fetch", "source": None}
    number = bench.client.request("model", arguments, answers.append, heard.append)
    bench.worker.hello()
    bench.worker.say(events.Progress("Downloading", 0.25), number)
    assert heard[0]["fraction"] == 0.25
    bench.client.cancel(number)
    bench.worker.say(protocol.Cancelled(), number)
    assert isinstance(answers[0], StylizeError)
    assert len(answers) == 1


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (-signal.SIGKILL, "ended from outside"),
        (-signal.SIGSEGV, "crashed"),
        (3, "code 3"),
    ],
)
def test_death_fails_the_job_and_the_next_one_gets_a_new_worker(bench, code, said):
    first, second = bench.run(), bench.run()
    question = bench.ask()
    bench.worker.hello()
    bench.worker.ended(code)
    (failure,) = bench.told[first]
    assert failure["event"] == "failure"
    assert failure["kind"] == "worker"
    assert said in failure["message"]
    assert str(bench.launch.log) in failure["hint"]
    assert isinstance(bench.answers[question][0], StylizeError)
    assert bench.client.queue == (second,)
    assert len(bench.workers) == 2
    bench.worker.hello()
    bench.worker.say(RESULT, second)
    assert bench.kinds(second) == ["result"]


def test_death_of_an_idle_worker_starts_none_until_one_is_needed(bench):
    bench.client.start()
    bench.worker.hello()
    bench.worker.ended(-9)
    assert len(bench.workers) == 1
    assert bench.client.hello is None
    bench.run()
    assert len(bench.workers) == 2


def test_a_worker_that_dies_before_its_hello_fails_all_that_waits(bench):
    numbers = [bench.run() for _ in range(3)]
    question = bench.ask()
    bench.worker.ended(1)
    assert [bench.kinds(number) for number in numbers] == [["failure"]] * 3
    assert isinstance(bench.answers[question][0], StylizeError)
    assert len(bench.workers) == 1
    assert bench.client.queue == ()


def test_a_worker_that_cannot_be_started_fails_what_needs_it(bench):
    bench.broken = True
    number, question = bench.run(), bench.ask()
    assert bench.told.get(number) == [
        {
            "event": "failure",
            "kind": "worker",
            "message": "It cannot be started.",
            "hint": "Mend it.",
        }
    ]
    assert isinstance(bench.answers[question][0], StylizeError)
    bench.broken = False
    bench.run()
    assert len(bench.workers) == 1


def test_a_silent_start_is_a_hang(bench):
    number = bench.run()
    bench.wait(100)
    assert not bench.worker.killed
    bench.wait(101)
    assert bench.workers[0].killed
    assert "said nothing for 101 seconds while it started" in bench.told[number][0]["message"]


def test_a_silent_job_is_a_hang_and_other_answers_do_not_hide_it(bench):
    first, second = bench.run(), bench.run()
    question = bench.ask()
    bench.worker.hello()
    bench.wait(90)
    bench.worker.say(PROGRESS, first)
    bench.wait(180)
    assert not bench.worker.killed
    bench.worker.say(protocol.Reply({}), question)
    bench.wait(191)
    assert bench.workers[0].killed
    assert bench.kinds(first) == ["progress", "failure"]
    assert "said nothing for 101 seconds while it ran the job" in bench.told[first][1]["message"]
    assert len(bench.workers) == 2
    bench.worker.hello()
    assert bench.worker.sent[0]["id"] == second


def test_a_slow_job_that_says_that_it_is_busy_does_not_hang(bench):
    number = bench.run()
    bench.worker.hello()
    for _ in range(5):
        bench.wait(bench.now + 90)
        bench.worker.say(protocol.Busy(), number)
    assert not bench.worker.killed
    assert bench.kinds(number) == []


def test_while_the_client_itself_was_stopped_no_worker_was_silent(bench):
    number = bench.run()
    bench.worker.hello()
    bench.wait(50)
    bench.now += 10_000  # the machine slept
    bench.client.tick()
    assert not bench.worker.killed
    bench.wait(bench.now + 100)
    assert not bench.worker.killed
    bench.wait(bench.now + 1)
    assert bench.worker.killed
    assert "said nothing for 101 seconds" in bench.told[number][0]["message"]


def test_an_idle_worker_may_be_silent_and_a_later_job_has_its_full_time(bench):
    bench.client.start()
    bench.worker.hello()
    bench.wait(1000)
    assert not bench.worker.killed
    bench.run()
    bench.client.tick()
    assert not bench.worker.killed


def test_another_version_says_what_to_do(bench):
    number = bench.run()
    line = {"event": "hello", "version": 99, "package": "9.0", "anything": "else"}
    bench.worker.received(json.dumps(line).encode() + b"\n")
    (failure,) = bench.told[number]
    assert "another version" in failure["message"]
    assert "installer" in failure["hint"]
    assert bench.worker.killed


def test_a_job_for_which_a_worker_is_worn_gets_a_new_one_unseen(bench):
    first, second, third = bench.run(), bench.run(), bench.run()
    bench.worker.hello()
    bench.worker.say(RESULT, first)
    question = bench.ask()
    worn = protocol.NeedsFreshWorker("engine", "It runs jax.", "Start a new process.")
    bench.worker.say(worn, second)
    assert bench.workers[0].killed
    bench.worker.hello()
    assert [each["id"] for each in bench.worker.sent] == [question, second]
    bench.worker.say(RESULT, second)
    assert bench.kinds(second) == ["result"]
    bench.worker.say(worn, third)
    bench.worker.hello()
    bench.worker.say(worn, third)  # it did not help
    assert bench.told[third][-1] == {
        "event": "failure",
        "kind": "engine",
        "message": "It runs jax.",
        "hint": "Start a new process.",
    }
    assert len(bench.workers) == 3


def test_a_cancelled_job_is_not_started_again_on_a_new_worker(bench):
    number = bench.run()
    bench.worker.hello()
    bench.client.cancel(number)
    bench.worker.say(protocol.NeedsFreshWorker("engine", "a", "b"), number)
    assert bench.kinds(number) == ["cancelled"]
    assert len(bench.workers) == 1


def test_shutdown_closes_the_worker_and_cancels_what_waits(bench):
    first, second, question = bench.run(), bench.run(), bench.ask()
    bench.worker.hello()
    bench.client.shutdown()
    assert bench.worker.closed
    assert bench.kinds(first) == bench.kinds(second) == ["cancelled"]
    assert len(bench.answers[question]) == 1
    bench.worker.ended(0)
    assert len(bench.workers) == 1
    assert bench.client.queue == ()


CARD = protocol.Device("jax", "gpu:0", "NVIDIA L4", 24 << 30)


def test_an_idle_worker_is_warmed_and_says_what_jobs_run_on(bench):
    changes = []
    bench.client.warm("jax")
    assert bench.workers == []
    bench.client.start()
    bench.client.warm("jax")
    bench.worker.hello()
    (sent,) = bench.worker.sent
    assert bench.client.device is None
    assert (sent["command"], sent["backend"]) == ("warm", "jax")
    bench.client.changed = lambda: changes.append(bench.client.device)
    bench.worker.say(CARD, sent["id"])
    assert changes == [CARD]
    number = bench.run()
    assert bench.worker.commands("run")[0]["id"] == number
    bench.worker.ended(-9)
    assert bench.client.device is None


def test_nothing_is_warmed_beside_a_job_which_tells_its_device_itself(bench):
    number = bench.run()
    bench.worker.hello()
    bench.client.warm("jax")
    bench.worker.say(CARD, number)
    assert bench.client.device == CARD
    assert bench.kinds(number) == ["device"]
    bench.worker.say(RESULT, number)
    assert bench.worker.commands("warm") == []


def test_questions_are_answered_before_the_backend_takes_the_processor(bench):
    first = bench.ask()
    bench.client.warm("jax")
    bench.worker.hello()
    second = bench.ask()
    for number in (first, second):
        assert bench.worker.commands("warm") == []
        bench.worker.say(protocol.Reply({}), number)
    assert len(bench.worker.commands("warm")) == 1
    bench.worker.say(protocol.Reply({}), bench.ask())
    assert len(bench.worker.commands("warm")) == 1


def test_a_backend_that_does_not_start_is_left_to_the_first_job(bench):
    bench.client.start()
    bench.worker.hello()
    bench.client.warm("jax")
    failure = events.Failure("engine", "It is broken.", "Install it again.")
    bench.worker.say(failure, bench.worker.sent[0]["id"])
    assert bench.client.device is None
    number = bench.run()
    bench.worker.say(failure, number)
    assert bench.kinds(number) == ["failure"]
    assert len(bench.workers) == 1


def test_a_new_worker_is_not_warmed_for_what_the_last_one_was(bench):
    bench.client.start()
    bench.worker.hello()
    bench.client.warm("jax")
    number = bench.run()
    bench.worker.say(protocol.NeedsFreshWorker("engine", "It runs jax.", "Start anew."), number)
    bench.worker.hello()
    assert [each["command"] for each in bench.worker.sent] == ["run"]
    assert bench.client.device is None


def test_a_listener_may_put_a_new_job_in_the_queue(bench):
    again = []

    def told(event):
        if event["event"] in protocol.JOB_ENDS:
            again.append(bench.run())

    number = bench.client.run({}, None, told)
    bench.worker.hello()
    bench.worker.ended(-9)
    assert len(bench.workers) == 2
    bench.worker.hello()
    assert bench.client.queue == tuple(again)
    assert bench.worker.sent[0]["id"] == again[0] != number


def test_every_change_is_announced(bench):
    seen = []
    bench.client.changed = lambda: seen.append((bench.client.queue, bench.client.hello is not None))
    number = bench.run()
    assert seen[-1] == ((number,), False)
    bench.worker.hello()
    assert seen[-1] == ((number,), True)
    bench.worker.say(RESULT, number)
    assert seen[-1] == ((), True)
    bench.worker.ended(0)
    assert seen[-1] == ((), False)


@SHARED
@given(st.lists(st.binary(max_size=60), max_size=6), st.booleans())
def test_no_garbage_raises_and_the_job_is_told_once(new_bench, pieces, greeted):
    bench = new_bench()
    number = bench.run()
    worker = bench.worker
    if greeted:
        worker.hello()
    for piece in [*pieces, b"\n\xff garbage\n"]:
        worker.received(piece)
    assert bench.kinds(number) == ["failure"]
    assert worker.killed
    follower = bench.run()
    bench.worker.hello()
    bench.worker.say(RESULT, follower)
    assert bench.kinds(follower) == ["result"]


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
NAMES = st.sampled_from(["hello", "progress", "result", "failure", "reply", "log", "cancelled", ""])
KEYS = st.sampled_from(["version", "stage", "fraction", "loss", "path", "message", "answer", "job"])


@SHARED
@given(NAMES | PLAIN, st.integers(0, 3) | PLAIN, st.dictionaries(KEYS, PLAIN, max_size=5))
def test_no_message_raises_and_no_listener_is_told_what_is_none(new_bench, event, number, rest):
    bench = new_bench()
    job = bench.run()
    bench.worker.hello()
    line = json.dumps({**rest, "event": event, "id": number}).encode() + b"\n"
    bench.worker.received(line)
    for told in bench.told[job]:
        assert protocol.decode_event(json.dumps(told).encode())[0] is not None


@SHARED
@given(st.data())
def test_a_message_may_come_in_any_pieces(new_bench, data):
    bench = new_bench()
    number = bench.run()
    said = [PROGRESS, events.Log("ä\n", "warning"), RESULT]
    stream = protocol.encode_event(bench_hello(), None)
    stream += b"".join(protocol.encode_event(event, number) for event in said)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        bench.worker.received(stream[start:end])
    assert bench.told[number] == [protocol.to_json(event) for event in said]


def bench_hello():
    return protocol.Hello(protocol.VERSION, "0.1.0", {}, "cpu", 0, "log")


def test_a_line_without_end_is_garbage(bench):
    number = bench.run()
    for _ in range(18):
        bench.worker.received(b"x" * (1 << 16))
    assert bench.kinds(number) == ["failure"]
    assert bench.worker.killed


@SHARED
@given(st.lists(st.sampled_from(["run", "ask", "cancel", "end", "die", "hello"]), max_size=30))
def test_whatever_happens_each_job_ends_once_and_one_worker_is_live(new_bench, steps):
    bench = new_bench()
    ended = set()
    for step in steps:
        worker = bench.worker if bench.workers and not bench.worker.killed else None
        queue = bench.client.queue
        if step == "run":
            bench.run()
        elif step == "ask":
            bench.ask()
        elif step == "cancel" and queue:
            bench.client.cancel(queue[0])
        elif worker and step == "hello" and bench.client.hello is None:
            worker.hello()
        elif worker and step == "die":
            worker.ended(-9)
        elif worker and step == "end" and worker.commands("run"):
            worker.say(RESULT, worker.commands("run")[-1]["id"])
        assert sum(not each.killed for each in bench.workers) <= 1
    bench.client.shutdown()
    for number in bench.told:
        ends = [kind for kind in bench.kinds(number) if kind in protocol.JOB_ENDS]
        assert len(ends) == 1, (number, ends, ended)
    assert all(len(answers) == 1 for answers in bench.answers.values())
