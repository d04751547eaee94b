"""Robots of group chats: each service's format and signature, which addresses are posted to, who may keep one."""

import base64
import hashlib
import hmac
import socket
import subprocess
import sys
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from saima.engine.errors import QuestionRefused
from saima.server.kit import posting
from saima.server.kit.models import Audit
from saima.server.kit.posting import post_json, way_to
from saima.server.kit.robots import cut, dingtalk_sign, feishu_sign, request_of, robot_says, taken
from saima.server.response.actions.robots import robot_add, robot_try, robot_withdraw
from saima.server.response.models import Robot

NOW = datetime(2026, 6, 2, 1, 0, tzinfo=UTC)
SECRET = "SECabc"


def hmac_by_hand(key, message):
    """HMAC-SHA256 as RFC 2104 writes it."""
    block = key if len(key) <= 64 else hashlib.sha256(key).digest()
    block = block.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in block) + message).digest()
    return hashlib.sha256(bytes(b ^ 0x5C for b in block) + inner).digest()


def test_dingtalks_signature_is_that_of_its_page():
    expected = base64.b64encode(hmac_by_hand(SECRET.encode(), f"1780362000000\n{SECRET}".encode())).decode()

    path, body = request_of("dingtalk", "/robot/send?access_token=t", SECRET, "四月通报", NOW)

    asked = parse_qs(urlsplit(path).query)
    assert asked == {"access_token": ["t"], "timestamp": ["1780362000000"], "sign": [expected]}
    assert body == {"msgtype": "text", "text": {"content": "四月通报"}}
    assert dingtalk_sign(SECRET, "1780362000000") == expected


def test_feishus_signature_has_the_empty_message():
    key = f"1780362000\n{SECRET}".encode()
    expected = base64.b64encode(hmac_by_hand(key, b"")).decode()

    path, body = request_of("feishu", "/open-apis/bot/v2/hook/t", SECRET, "四月通报", NOW)

    assert path == "/open-apis/bot/v2/hook/t"
    assert body == {
        "timestamp": "1780362000", "sign": expected, "msg_type": "text", "content": {"text": "四月通报"},
    }  # fmt: skip
    assert feishu_sign(SECRET, "1780362000") == expected
    assert expected == base64.b64encode(hmac.new(key, digestmod=hashlib.sha256).digest()).decode()


def test_without_a_secret_nothing_is_signed():
    assert request_of("feishu", "/x", "", "a", NOW) == ("/x", {"msg_type": "text", "content": {"text": "a"}})
    assert request_of("wecom", "/x", "", "a", NOW) == ("/x", {"msgtype": "text", "text": {"content": "a"}})


def test_wecoms_text_fits_its_2048_bytes():
    _, body = request_of("wecom", "/x", "", "通" * 2000, NOW)

    assert len(body["text"]["content"].encode()) <= 2048
    assert body["text"]["content"].endswith("…")
    assert cut("ab", 2) == "ab"


@pytest.mark.parametrize(
    ("kind", "status", "answer", "said"),
    [
        ("wecom", 200, b'{"errcode":0,"errmsg":"ok"}', "ok"),
        ("feishu", 200, b'{"code":0,"msg":"success"}', "success"),
        ("feishu", 200, b'{"StatusCode":0,"StatusMessage":"success"}', "success"),
    ],
)
def test_taken_is_what_the_service_calls_zero(kind, status, answer, said):
    assert taken(kind, "h", status, answer) == said


@pytest.mark.parametrize(
    ("kind", "status", "answer", "said"),
    [
        ("dingtalk", 200, b'{"errcode":310000,"errmsg":"sign not match"}', "h answered 310000: sign not match"),
        ("feishu", 200, b'{"code":19021,"msg":"sign match fail"}', "h answered 19021: sign match fail"),
        ("wecom", 302, b"", "h answered 302"),
        ("wecom", 200, b"<html>", "h answered no JSON"),
        ("wecom", 200, b"[]", "h answered no JSON"),
        ("wecom", 200, b"{}", "h answered no code: "),
    ],
)
def test_anything_else_is_not(kind, status, answer, said):
    with pytest.raises(ConnectionError) as refused:
        taken(kind, "h", status, answer)

    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://qyapi.weixin.qq.com/x", "posting.not_https"),
        ("http://127.0.0.1:8000/x", "posting.not_https"),  # this machine, and not allowed to be
        ("https://127.0.0.1/x", "posting.private"),
        ("https://10.1.2.3/x", "posting.private"),
        ("https://192.168.1.1/x", "posting.private"),
        ("https://169.254.169.254/latest/meta-data", "posting.private"),
        ("https://[::1]/x", "posting.private"),
        ("https://[fd00::1]/x", "posting.private"),
        ("https://[::ffff:10.1.2.3]/x", "posting.private"),
        ("https://[64:ff9b::10.1.2.3]/x", "posting.private"),
        ("https://[2002:0a01:0203::1]/x", "posting.private"),
        ("https://224.0.0.251/x", "posting.private"),
        ("https://0.0.0.0/x", "posting.private"),
        ("https://2130706433/x", "posting.private"),  # 127.0.0.1 as one number
        ("https://a:b@1.1.1.1/x", "posting.password_inside"),
        ("ftp://1.1.1.1/x", "posting.no_address"),
        ("file:///etc/passwd", "posting.no_address"),
        ("https://", "posting.no_address"),
        ("https://1.1.1.1:99999/x", "posting.no_address"),
        ("https://[", "posting.no_address"),
        ("https://no-such-host.invalid/x", "posting.unknown_host"),
        ("not an address", "posting.no_address"),
    ],
)
def test_an_address_that_may_not_be_posted_to_is_refused(settings, url, code):
    settings.ROBOT_NETS = []

    with pytest.raises(QuestionRefused) as refused:
        way_to(url)

    assert [p.code for p in refused.value.problems] == [code]


def test_a_public_address_a_network_that_was_named_and_this_machine_where_allowed(settings):
    settings.ROBOT_NETS = []
    assert way_to("https://1.1.1.1/a?key=b").path == "/a?key=b"
    assert way_to("http://127.0.0.1:8123/x", local=True).port == 8123
    settings.ROBOT_NETS = ["10.20.0.0/16"]
    assert way_to("https://10.20.3.4/x").address == "10.20.3.4"
    with pytest.raises(QuestionRefused):
        way_to("https://10.21.3.4/x")


def test_a_name_with_one_private_address_among_its_addresses_is_refused(monkeypatch):
    def two(host, port, **_):
        return [(2, 1, 6, "", (a, port)) for a in ("1.1.1.1", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", two)

    with pytest.raises(QuestionRefused):
        way_to("https://robots.example.org/x")


def test_a_redirect_is_not_followed(chat):
    chat.answers = [(302, b"", {"Location": f"{chat.url}/elsewhere"})]

    status, _ = post_json(way_to(f"{chat.url}/here", local=True), {"a": 1})

    assert status == 302
    assert [path for path, _ in chat.posts] == ["/here"]


def test_a_slow_service_is_left(chat, monkeypatch):
    monkeypatch.setattr(posting, "SECONDS", 0.2)
    chat.slow = 1.0

    with pytest.raises(ConnectionError, match=r"^127\.0\.0\.1: TimeoutError$"):
        post_json(way_to(f"{chat.url}/key-in-here", local=True), {"a": 1})


def test_one_that_drips_is_left_when_its_time_is_over(monkeypatch):
    script = (
        "import socket, time\n"
        "s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True)\n"
        "c, _ = s.accept(); c.sendall(b'HTTP/1.1 200 OK\\r\\n')\n"
        "while True: c.sendall(b'x'); time.sleep(0.05)\n"
    )
    monkeypatch.setattr(posting, "ALTOGETHER", 0.5)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:
        port = int(server.stdout.readline())
        try:
            with pytest.raises(ConnectionError):
                post_json(way_to(f"http://127.0.0.1:{port}/", local=True), {})
        finally:
            server.kill()


def robot_of(person, url, **changed):
    asked = {
        "title": "Group", "kind": "dingtalk", "url": url, "secret": SECRET, "lang": "en", "topics": ["weekly"],
        "season": None, "own": False, "by": person,
    }  # fmt: skip
    return robot_add(**(asked | changed))


def test_a_robot_is_tried_and_its_key_stands_on_no_page_and_in_no_trail(demo, person, chat, signed_in):
    robot = robot_of(person("steward"), f"{chat.url}/send?access_token=the-key")
    client = signed_in("steward")

    page = client.post(f"/messages/robots/{robot.pk}/", {"do": "try"}, follow=True).content.decode()

    assert "Group spoke: look at the group. Its service answered: taken by 127.0.0.1: ok" in page
    assert "This is a trial of the robot Group" in chat.posts[0][1]["text"]["content"]
    assert "the-key" not in page
    assert SECRET not in page
    assert "127.0.0.1/…" in page
    trail = list(Audit.objects.filter(object_type="robot").values_list("action", "detail"))
    assert [action for action, _ in trail] == ["robot.added", "robot.tried"]
    assert "the-key" not in str(trail)
    assert SECRET not in str(trail)


def test_a_robot_that_did_not_speak_says_why(demo, person, chat):
    robot = robot_of(person("steward"), f"{chat.url}/send")
    chat.answers = [(200, {"errcode": 310000, "errmsg": "sign not match"}, {})]

    with pytest.raises(QuestionRefused) as refused:
        robot_try(robot=robot, by=person("steward"))

    assert "127.0.0.1 answered 310000: sign not match" in refused.value.sentences("en")[0]


def test_a_withdrawn_robot_forgets_its_key(demo, person, chat):
    robot = robot_of(person("steward"), f"{chat.url}/send")

    robot_withdraw(robot=robot, by=person("steward"))
    robot_withdraw(robot=robot, by=person("steward"))

    robot.refresh_from_db()
    assert (robot.url, robot.secret) == ("", "")
    assert Audit.objects.filter(action="robot.withdrawn").count() == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"title": " "}, "robot.title_missing"),
        ({"kind": "pigeon"}, "robot.which_kind"),
        ({"title": "x" * 101}, "robot.too_long"),
        ({"kind": "apprise", "own": True}, "robot.no_apprise_of_ones_own"),
        ({"own": True}, "posting.not_https"),  # this machine is the bureau's alone
    ],
    ids=str,
)
def test_a_robot_that_cannot_be_is_refused(demo, person, chat, changed, code):
    with pytest.raises(QuestionRefused) as refused:
        robot_of(person("crane"), f"{chat.url}/send", **changed)

    assert [p.code for p in refused.value.problems] == [code]
    assert not Robot.objects.exists()


def test_who_may_keep_robots(demo, person, chat, signed_in):
    bureau = robot_of(person("steward"), f"{chat.url}/send")
    own = Robot.objects.create(title="Own", kind="wecom", url="https://1.1.1.1/x", person=person("crane"), made_by_id=1)
    tried = {"do": "withdraw"}

    assert signed_in("crane").post(f"/messages/robots/{bureau.pk}/", tried).status_code == 403
    assert signed_in("crane").post(f"/messages/robots/{bureau.pk}/", tried | {"own": "1"}).status_code == 404
    assert signed_in("whale").post(f"/messages/robots/{own.pk}/", tried | {"own": "1"}).status_code == 404
    assert signed_in("steward").post(f"/messages/robots/{own.pk}/", tried).status_code == 404
    assert signed_in("").post(f"/messages/robots/{own.pk}/", tried).status_code == 302
    assert "Own" in signed_in("crane").get("/messages/choices/").content.decode()
    assert "Own" not in signed_in("whale").get("/messages/choices/").content.decode()
    assert signed_in("crane").post(f"/messages/robots/{own.pk}/", tried | {"own": "1"}).status_code == 302
    assert signed_in("admin").post(f"/messages/robots/{bureau.pk}/", tried).status_code == 302
    assert not Robot.objects.filter(withdrawn_at=None).exists()


def test_the_form_adds_a_robot_of_a_season(demo, chat, signed_in):
    signed_in("steward").post(
        "/messages/robots/",
        {
            "title": "Group",
            "kind": "wecom",
            "url": f"{chat.url}/s",
            "season": "demo-city",
            "topic": ["weekly", "cards"],
        },
    )

    robot = Robot.objects.get()
    assert (robot.season, robot.topics, robot.person) == (demo, '["weekly"]', None)  # cards are not for groups


def test_without_apprise_another_service_is_refused_with_the_way_to_get_it(demo, person, monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)

    with pytest.raises(QuestionRefused) as refused:
        robot_of(person("steward"), "json://localhost", kind="apprise")

    assert "pip install 'saima[notify]'" in refused.value.sentences("en")[0]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the library itself
def test_apprise_reaches_other_services(chat):
    pytest.importorskip("apprise", reason="the extra saima[notify] is not installed")
    host = chat.url.removeprefix("http://")

    said = robot_says(kind="apprise", url=f"json://{host}/x", secret="", text="Title\nBody", now=NOW, local=True)

    assert said == "taken by apprise"
    assert (chat.posts[0][1]["title"], chat.posts[0][1]["message"]) == ("Title", "Body")
    chat.answers = [(500, b"", {})]
    with pytest.raises(ConnectionError):
        robot_says(kind="apprise", url=f"json://{host}/x", secret="", text="a", now=NOW, local=True)
    with pytest.raises(QuestionRefused):
        robot_says(kind="apprise", url="nonsense", secret="", text="a", now=NOW, local=True)
