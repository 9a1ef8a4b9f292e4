"""Every role, every action, every kind of space, over the API: what each person is answered.

The table is the specification. A secret space answers strangers as one that does not exist."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from client import Client  # noqa: E402
from server import PASSWORD, Server  # noqa: E402

# anonymous: not signed in. agent, administrator: agents who are not members, before an open, a closed, a secret space.
# outsider: an external person, member of another space. partner: an external person, contributor of this one
# (an open space cannot have any). The others are agents with that role in the space.
COLUMNS = ["anonymous", "agent o", "agent c", "agent s", "administrator o", "administrator c", "administrator s",
           "outsider", "guest", "visitor", "contributor", "animator", "partner"]
TABLE = """
                       anon  agent(o c s)  administ.(o c s)  outs  guest visi cont anim part
see_space              401   200 200 404   200 200 404       404   200   200  200  200  200
list_members           401   200 403 404   200 403 404       404   200   200  200  200  200
explain_access         401   200 403 404   200 403 404       404   200   200  200  200  200
list_files             401   200 403 404   200 403 404       404   200   200  200  200  200
read_file              401   200 403 404   200 403 404       404   200   200  200  200  200
describe_file          401   200 403 404   200 403 404       404   200   200  200  200  200
list_trash             401   403 403 404   403 403 404       404   200   403  200  200  200
add_file               401   403 403 404   403 403 404       404   201   403  201  201  201
delete_own_file        401   403 403 404   403 403 404       404   204   403  204  204  204
delete_other_file      401   403 403 404   403 403 404       404   403   403  403  204  403
restore_other_file     401   404 403 404   404 403 404       404   404   404  200  200  404
list_documents         401   200 403 404   200 403 404       404   200   200  200  200  200
write_document         401   403 403 404   403 403 404       404   403   403  201  201  201
import_document        401   403 403 404   403 403 404       404   403   403  201  201  201
read_document          401   200 404 404   200 404 404       404   200   200  200  200  200
read_document_page     401   200 404 404   200 404 404       404   200   200  200  200  200
export_document        401   200 404 404   200 404 404       404   200   200  200  200  200
list_versions          401   200 404 404   200 404 404       404   200   200  200  200  200
document_history       401   200 404 404   200 404 404       404   200   200  200  200  200
read_version           401   200 404 404   200 404 404       404   200   200  200  200  200
name_version           401   403 404 404   403 404 404       404   403   403  201  201  201
freeze_version         401   403 404 404   403 404 404       404   403   403  403  201  403
restore_version        401   403 404 404   403 404 404       404   403   403  204  204  204
list_threads           401   200 404 404   200 404 404       404   200   200  200  200  200
open_thread            401   403 404 404   403 404 404       404   201   201  201  201  201
reply_in_thread        401   403 404 404   403 404 404       404   201   201  201  201  201
settle_other_thread    401   403 404 404   403 404 404       404   403   403  200  200  200
accept_suggestion      401   403 404 404   403 404 404       404   403   403  200  200  200
delete_own_thread      401   403 404 404   403 404 404       404   204   204  204  204  204
delete_other_thread    401   403 404 404   403 404 404       404   403   403  403  403  403
list_meetings          401   403 403 404   403 403 404       404   200   200  200  200  200
open_meeting           401   403 403 404   403 403 404       404   403   403  201  201  403
join_meeting           401   404 404 404   404 404 404       404   200   200  200  200  200
lock_meeting           401   404 404 404   404 404 404       404   403   403  403  200  403
list_polls             401   404 404 404   404 404 404       404   200   200  200  200  200
ask_poll               401   404 404 404   404 404 404       404   403   403  403  201  403
open_poll              401   404 404 404   404 404 404       404   404   404  404  200  404
vote_in_poll_outside   401   404 404 404   404 404 404       404   403   403  403  403  403
change_poll_rule       401   404 404 404   404 404 404       404   403   403  403  204  403
see_breakouts          401   404 404 404   404 404 404       404   200   200  200  200  200
open_breakouts         401   404 404 404   404 404 404       404   403   403  403  204  403
measure_line           401   404 404 404   404 404 404       404   200   200  200  200  200
list_forbidden         401   404 404 404   404 404 404       404   403   403  403  200  403
open_guest_chat        401   404 404 404   404 404 404       404   403   403  403  200  403
end_meeting            401   404 404 404   404 404 404       404   403   403  403  204  403
list_meeting_keys      401   403 403 404   403 403 404       404   403   403  403  200  403
make_meeting_key       401   403 403 404   403 403 404       404   403   403  403  201  403
change_meeting_key     401   404 404 404   404 404 404       404   404   404  404  200  404
revoke_meeting_key     401   404 404 404   404 404 404       404   404   404  404  204  404
list_requests          401   403 403 404   403 403 404       404   403   403  403  200  403
update_space           401   403 403 404   403 403 404       404   403   403  403  200  403
open_to_externals      401   403 403 404   403 403 404       404   403   403  403  409  403
unarchive              401   403 403 404   403 403 404       404   403   403  403  200  403
duplicate              401   403 403 404   403 403 404       404   403   403  403  201  403
hand_over_to_self      401   403 403 404   403 403 404       404   403   403  403  200  403
decide_creation        401   403 403 404   409 409 404       404   403   403  403  403  403
add_member             401   403 403 404   403 403 404       404   403   403  403  200  403
set_role               401   403 403 404   403 403 404       404   403   403  403  200  403
remove_member          401   403 403 404   403 403 404       404   403   403  403  204  403
decide_request         401   403 403 404   403 403 404       404   403   403  403  404  403
join                   401   200 200 404   200 200 404       404   409   409  409  409  409
withdraw_request       401   404 404 404   404 404 404       404   404   404  404  404  404
"""
CHAT_TABLE = """
                       anon  agent(o c s)  administ.(o c s)  outs  guest visi cont anim part
list_rooms             401   200 403 404   200 403 404       404   200   200  200  200  200
create_room            401   403 403 404   403 403 404       404   403   403  201  201  403
send_message           401   403 403 403   403 403 403       403   200   403  200  200  200
read_messages          401   403 403 403   403 403 403       403   200   200  200  200  200
react                  401   403 403 403   403 403 403       403   200   200  200  200  200
edit_own_message       401   403 403 403   403 403 403       403   200   403  200  200  200
edit_other_message     401   403 403 403   403 403 403       403   403   403  403  403  403
redact_own_message     401   403 403 403   403 403 403       403   200   403  200  200  200
redact_other_message   401   403 403 403   403 403 403       403   403   403  403  200  403
pin_message            401   403 403 403   403 403 403       403   403   403  200  200  403
rename_room            401   403 403 403   403 403 403       403   403   403  403  200  403
"""
# What is done in the house, outside any space. An external person's directory holds whom they share a space with, nobody else
# (see_agent, see_acquaintance).
HOUSE_TABLE = """
                       anonymous agent administrator outsider
search_directory       401       200   200           200
create_project         401       201   201           403
request_community      401       201   201           403
see_agent              401       200   200           404
see_acquaintance       401       200   200           200
write_to_agent         401       200   200           403
list_people            401       403   200           403
create_person          401       403   201           403
list_administrations   401       403   200           403
list_house_keys        401       403   200           403
make_house_key         401       403   201           403
create_administration  401       403   201           403
community_requests     401       403   200           403
read_audit             401       403   200           403
read_statistics        401       403   200           403
read_network_policy    200       200   200           200
edit_network_policy    401       403   200           403
network_history        401       403   200           403
what_applies_to_me     401       200   200           200
keep_images            401       200   200           200
"""
LETTERS = {"open": "o", "closed": "c", "secret": "s"}
MEMBERS = {"guest": "guest", "visitor": "visitor", "contributor": "contributor", "animator": "animator",
           "partner": "contributor", "spare": "contributor"}
ABSENT = "00000000000000000000000000"


def read_table(text, columns=tuple(COLUMNS)):
    rows = [line.split() for line in text.strip().splitlines()[1:]]
    return {row[0]: dict(zip(columns, map(int, row[1:]), strict=True)) for row in rows}


class Place:
    """One space with its members, and how to try each action on it."""

    def __init__(self, test, kind, visibility):
        self.people, self.kind, self.visibility = test.people, kind, visibility
        self.animator = test.people["animator"]
        created = self.animator.expect(201, "POST", "/api/v1/spaces", {
            "kind": kind, "name": f"Matrice {kind} {visibility}", "description": "", "template": "",
            "visibility": "closed" if visibility == "secret" else visibility, "joining": "approval"})
        self.id = created["id"]
        self.path = f"/api/v1/spaces/{self.id}"
        if kind == "community":
            test.people["administrator"].expect(200, "POST", self.path + "/decision", {"accepted": True})
        self.animator.expect(200, "PATCH", self.path, {"visibility": visibility})
        if visibility != "open":
            self.animator.expect(200, "POST", self.path + "/open-to-externals", {"confirm": True})
        for name, role in MEMBERS.items():
            if name != "animator" and self.has(name):
                self.add(name, role)
        self.file = self.upload(self.animator)["id"]
        self.document = self.animator.expect(201, "POST", self.path + "/documents", {"title": "Note"})["id"]
        self.version = self.animator.expect(201, "POST", f"/api/v1/documents/{self.document}/versions", {"name": "Un"})["id"]
        self.meeting = self.animator.expect(201, "POST", self.path + "/meetings", {})["id"]
        self.rooms = []

    def has(self, name):
        return name != "partner" or self.visibility != "open"

    def add(self, name, role):
        lines = self.animator.expect(200, "POST", self.path + "/members",
                                     {"addresses": self.people[name].me["person"]["email"], "role": role})["lines"]
        assert lines[0]["outcome"] in ("added", "already"), lines

    def upload(self, who):
        return who.expect(201, "POST", self.path + "/files?name=note.txt", data=b"bonjour",
                          headers={"Content-Type": "text/plain"})

    def column(self, name):
        return f"{name} {LETTERS[self.visibility]}" if name in ("agent", "administrator") else name

    # What follows tries one action and leaves the space as it was.
    def see_space(self, who):
        return who.get(self.path)

    def list_members(self, who):
        return who.get(self.path + "/members")

    def explain_access(self, who):
        return who.get(f"/api/v1/access/file_read?space={self.id}")

    def list_files(self, who):
        return who.get(self.path + "/files")

    def list_trash(self, who):
        return who.get(self.path + "/files?trash=1")

    def read_file(self, who):
        return who.get(f"/api/v1/files/{self.file}/content")

    def describe_file(self, who):
        return who.get(f"/api/v1/files/{self.file}")

    def add_file(self, who):
        return who.call("POST", self.path + "/files?name=ajout.txt", data=b"texte",
                        headers={"Content-Type": "text/plain"})

    def delete_own_file(self, who):
        """Of those who cannot add one, what remains is somebody else's."""
        added = self.add_file(who)
        return who.call("DELETE", f"/api/v1/files/{added.json['id'] if added.status == 201 else self.file}")

    def delete_other_file(self, who):
        return who.call("DELETE", f"/api/v1/files/{self.upload(self.people['spare'])['id']}")

    def restore_other_file(self, who):
        file = self.upload(self.people["spare"])["id"]
        self.animator.expect(204, "DELETE", f"/api/v1/files/{file}")
        return who.call("POST", f"/api/v1/files/{file}/restore")

    def list_documents(self, who):
        return who.get(self.path + "/documents")

    def write_document(self, who):
        return who.call("POST", self.path + "/documents", {"title": "Page", "template": "note"})

    def import_document(self, who):
        return who.call("POST", self.path + "/documents/import?name=note.md", data=b"# Note")

    def read_document(self, who):
        return who.get(f"/api/v1/documents/{self.document}/html")

    def read_document_page(self, who):
        return who.get(f"/documents/{self.document}/lecture")

    def export_document(self, who):
        return who.get(f"/api/v1/documents/{self.document}/export?format=html")

    def list_versions(self, who):
        return who.get(f"/api/v1/documents/{self.document}/versions")

    def document_history(self, who):
        return who.get(f"/api/v1/documents/{self.document}/history")

    def read_version(self, who):
        return who.get(f"/api/v1/documents/{self.document}/versions/{self.version}/update")

    def name_version(self, who):
        return who.call("POST", f"/api/v1/documents/{self.document}/versions", {"name": "Essai"})

    def freeze_version(self, who):
        return who.call("POST", f"/api/v1/documents/{self.document}/versions", {"name": "Essai", "frozen": True})

    def restore_version(self, who):
        return who.call("POST", f"/api/v1/documents/{self.document}/versions/{self.version}/restore")

    def new_thread(self, who, suggests=False):
        body = {"anchor": {"start": "AQdkZWZhdWx0AA==", "end": "AQdkZWZhdWx0AA=="}, "quote": "un passage", "text": "À revoir"}
        if suggests:
            body["suggestion"] = {"replacement": "un autre"}
        return who.call("POST", f"/api/v1/documents/{self.document}/threads", body)

    def thread_of_other(self, suggests=False):
        return f"/api/v1/threads/{self.new_thread(self.people['spare'], suggests).json['id']}"

    def list_threads(self, who):
        return who.get(f"/api/v1/documents/{self.document}/threads")

    def open_thread(self, who):
        return self.new_thread(who)

    def reply_in_thread(self, who):
        return who.call("POST", self.thread_of_other() + "/replies", {"text": "Oui"})

    def settle_other_thread(self, who):
        return who.call("PATCH", self.thread_of_other(), {"resolved": True})

    def accept_suggestion(self, who):
        return who.call("PATCH", self.thread_of_other(suggests=True), {"accepted": True})

    def delete_own_thread(self, who):
        """Of those who cannot open one, what remains is somebody else's."""
        opened = self.new_thread(who)
        return who.call("DELETE", f"/api/v1/threads/{opened.json['id']}" if opened.status == 201 else self.thread_of_other())

    def delete_other_thread(self, who):
        return who.call("DELETE", self.thread_of_other())

    def list_requests(self, who):
        return who.get(self.path + "/requests")

    def update_space(self, who):
        return who.call("PATCH", self.path, {"description": "Une autre description"})

    def open_to_externals(self, who):
        return who.call("POST", self.path + "/open-to-externals", {"confirm": True})

    def unarchive(self, who):
        return who.call("POST", self.path + "/archive", {"archived": False})

    def duplicate(self, who):
        return who.call("POST", self.path + "/duplicate", {"name": "Copie"})

    def hand_over_to_self(self, who):
        return who.call("POST", self.path + "/hand-over", {"person": who.id or self.animator.id})

    def decide_creation(self, who):
        return who.call("POST", self.path + "/decision", {"accepted": True})

    def add_member(self, who):
        return who.call("POST", self.path + "/members",
                        {"addresses": self.people["spare"].me["person"]["email"], "role": "contributor"})

    def set_role(self, who):
        return who.call("PUT", f"{self.path}/members/{self.people['spare'].id}", {"role": "contributor"})

    def remove_member(self, who):
        answer = who.call("DELETE", f"{self.path}/members/{self.people['spare'].id}")
        if answer.status == 204:
            self.add("spare", "contributor")
        return answer

    def decide_request(self, who):
        """Nobody has asked: who may decide is told so."""
        return who.call("POST", f"{self.path}/requests/{self.people['outsider'].id}", {"accepted": True})

    def join(self, who):
        answer = who.call("POST", self.path + "/join", {"message": "Bonjour"})
        if answer.status == 200:
            who.expect(204, "DELETE", self.path + "/join")
        return answer

    def withdraw_request(self, who):
        return who.call("DELETE", self.path + "/join")

    def list_meeting_keys(self, who):
        return who.get(self.path + "/meeting-keys")

    def make_meeting_key(self, who):
        answer = who.call("POST", self.path + "/meeting-keys", {"name": "Robot"})
        if answer.status == 201:
            who.expect(204, "DELETE", "/api/v1/meeting-keys/" + answer.json["key"]["id"])
        return answer

    def some_meeting_key(self):
        return "/api/v1/meeting-keys/" + self.animator.expect(201, "POST", self.path + "/meeting-keys", {"name": "Clé"})["key"]["id"]

    def change_meeting_key(self, who):
        key = self.some_meeting_key()
        answer = who.call("PATCH", key, {"name": "Autre nom"})
        self.animator.expect(204, "DELETE", key)
        return answer

    def revoke_meeting_key(self, who):
        key = self.some_meeting_key()
        answer = who.call("DELETE", key)
        if answer.status != 204:
            self.animator.expect(204, "DELETE", key)
        return answer

    def list_meetings(self, who):
        return who.get(self.path + "/meetings")

    def open_meeting(self, who):
        return who.call("POST", self.path + "/meetings", {"origin": {"kind": "room", "id": f"!{self.count()}:test"}})

    def join_meeting(self, who):
        return who.call("POST", f"/api/v1/meetings/{self.meeting}/join")

    def lock_meeting(self, who):
        answer = who.call("PATCH", f"/api/v1/meetings/{self.meeting}", {"locked": True})
        if answer.status == 200:
            who.expect(200, "PATCH", f"/api/v1/meetings/{self.meeting}", {"locked": False})
        return answer

    def list_polls(self, who):
        return who.get(f"/api/v1/meetings/{self.meeting}/polls")

    def ask_poll(self, who):
        return who.call("POST", f"/api/v1/meetings/{self.meeting}/polls", {"question": "Quand ?", "answers": ["Ici", "Là"]})

    def poll(self):
        return "/api/v1/meetings/{}/polls/{}".format(self.meeting, self.ask_poll(self.animator).json["id"])

    def open_poll(self, who):
        """A draft is known to its author and to hosts."""
        poll = self.poll()
        answer = who.call("POST", poll + "/open")
        if answer.status == 200:
            who.expect(200, "POST", poll + "/close")
        return answer

    def vote_in_poll_outside(self, who):
        """Only those who are in the meeting vote."""
        return who.call("PUT", self.poll() + "/vote", {"answers": [0]})

    def change_poll_rule(self, who):
        return who.call("PUT", f"/api/v1/meetings/{self.meeting}/polls-rule", {"everyone": False})

    def see_breakouts(self, who):
        return who.get(f"/api/v1/meetings/{self.meeting}/breakouts")

    def open_breakouts(self, who):
        answer = who.call("POST", f"/api/v1/meetings/{self.meeting}/breakouts", {"groups": [{"name": "A"}]})
        if answer.status == 204:
            who.expect(204, "DELETE", f"/api/v1/meetings/{self.meeting}/breakouts")
        return answer

    def measure_line(self, who):
        return who.call("POST", f"/api/v1/meetings/{self.meeting}/check", {})

    def list_forbidden(self, who):
        return who.get(f"/api/v1/meetings/{self.meeting}/forbidden")

    def open_guest_chat(self, who):
        return who.call("PATCH", f"/api/v1/meetings/{self.meeting}", {"guest_chat": True})

    def end_meeting(self, who):
        return who.call("POST", f"/api/v1/meetings/{self.meeting}/end")

    def list_rooms(self, who):
        return who.get(self.path + "/rooms")

    def create_room(self, who):
        return who.call("POST", self.path + "/rooms", {"name": "Salon", "kind": "salon"})

    def room(self):
        if not self.rooms:
            self.rooms = self.animator.expect(200, "GET", self.path + "/rooms")["rooms"] or [
                self.animator.expect(201, "POST", self.path + "/rooms", {"name": "Général", "kind": "salon"})]
        room = self.rooms[0]["room_id"].replace("!", "%21").replace(":", "%3A")
        return f"/_matrix/client/v3/rooms/{room}"

    def say(self, who, content=None, kind="m.room.message"):
        return who.call("PUT", f"{self.room()}/send/{kind}/t{self.count()}",
                        content or {"msgtype": "m.text", "body": "Bonjour"})

    def message_of(self, who):
        """The id of a message of this person; of somebody else's where this person cannot send any."""
        answer = self.say(who)
        return (answer if answer.status == 200 else self.say(self.people["spare"])).json["event_id"]

    def edit(self, who, event):
        return self.say(who, {"msgtype": "m.text", "body": "* Bonsoir", "m.new_content": {"msgtype": "m.text", "body": "Bonsoir"},
                              "m.relates_to": {"rel_type": "m.replace", "event_id": event}})

    def redact(self, who, event):
        event = event.replace("$", "%24")
        return who.call("PUT", f"{self.room()}/redact/{event}/t{self.count()}", {})

    def send_message(self, who):
        return self.say(who)

    def read_messages(self, who):
        return who.get(f"{self.room()}/messages?dir=b&limit=1")

    def react(self, who):
        event = self.message_of(self.people["spare"])
        return self.say(who, {"m.relates_to": {"rel_type": "m.annotation", "event_id": event, "key": "👍"}}, "m.reaction")

    def edit_own_message(self, who):
        return self.edit(who, self.message_of(who))

    def edit_other_message(self, who):
        return self.edit(who, self.message_of(self.people["spare"]))

    def redact_own_message(self, who):
        return self.redact(who, self.message_of(who))

    def redact_other_message(self, who):
        return self.redact(who, self.message_of(self.people["spare"]))

    def pin_message(self, who):
        event = self.message_of(self.people["spare"])
        return who.call("PUT", f"{self.room()}/state/m.room.pinned_events/", {"pinned": [event]})

    def rename_room(self, who):
        return who.call("PUT", f"{self.room()}/state/m.room.name/", {"name": "Général"})

    transaction = 0

    def count(self):
        Place.transaction += 1
        return Place.transaction


def without_trace(answer):
    return {key: value for key, value in answer.json.items() if key != "trace"}


class AccessMatrix(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(people=[("administrator@interieur.test", "Ada Martin", "administrator")])
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.people = {"anonymous": Client(cls.server)}
        admin = Client(cls.server, "administrator").sign_in("administrator@interieur.test", PASSWORD)
        cls.people["administrator"] = admin
        agents = ["agent", "guest", "visitor", "contributor", "animator", "spare"]
        for name in [*agents, "outsider", "partner"]:
            email = f"{name}@{'interieur.test' if name in agents else 'association.example'}"
            admin.expect(201, "POST", "/api/v1/admin/people", {
                "email": email, "name": name.capitalize(), "given_name": "", "family_name": "", "password": PASSWORD})
            cls.people[name] = Client(cls.server, name).sign_in(email, PASSWORD)
        elsewhere = cls.people["spare"].expect(201, "POST", "/api/v1/spaces", {
            "kind": "project", "name": "Ailleurs", "description": "", "template": "", "visibility": "closed",
            "joining": "invitation"})
        path = f"/api/v1/spaces/{elsewhere['id']}"
        cls.people["spare"].expect(200, "POST", path + "/open-to-externals", {"confirm": True})
        cls.people["spare"].expect(200, "POST", path + "/members",
                                   {"addresses": "outsider@association.example", "role": "contributor"})
        cls.places = [Place(cls, kind, visibility) for kind in ("community", "project")
                      for visibility in ("open", "closed", "secret")]
        cls.has_chat = cls.people["spare"].get(path + "/rooms").code != "no_such_address"

    def check(self, place, action, expected):
        for name, who in self.people.items():
            if name == "spare" or not place.has(name):
                continue
            column = place.column(name)
            answer = getattr(place, action)(who)
            with self.subTest(kind=place.kind, visibility=place.visibility, who=name):
                self.assertEqual(answer.status, expected[column], answer)

    def test_secret_space_answers_as_an_absent_one(self):
        for place in self.places:
            if place.visibility != "secret":
                continue
            for name in ("agent", "administrator", "outsider"):
                who = self.people[name]
                for tail in ("", "/members", "/files", "/requests") + (("/rooms",) if self.has_chat else ()):
                    with self.subTest(who=name, tail=tail):
                        secret, absent = who.get(place.path + tail), who.get(f"/api/v1/spaces/{ABSENT}{tail}")
                        self.assertEqual((secret.status, without_trace(secret)), (absent.status, without_trace(absent)))
                        self.assertEqual(set(secret.headers), set(absent.headers))

    def test_lists_name_only_what_one_may_see(self):
        for name, who in self.people.items():
            if name in ("anonymous", "spare"):
                continue
            listed, after = set(), ""
            while True:
                page = who.expect(200, "GET", f"/api/v1/spaces?after={after}")
                listed |= {space["id"] for space in page["spaces"]}
                after = page.get("next", "")
                if not after:
                    break
            for place in self.places:
                member = name in MEMBERS and place.has(name)
                visible = member or (name in ("agent", "administrator", *MEMBERS) and name != "partner"
                                     and place.visibility != "secret")
                with self.subTest(who=name, kind=place.kind, visibility=place.visibility):
                    self.assertEqual(place.id in listed, visible)

    def test_directory_of_an_external_person(self):
        found = self.people["outsider"].expect(200, "GET", "/api/v1/people?q=e")["people"]
        self.assertLessEqual({person["name"] for person in found}, {"Spare", "Outsider"})

    def test_open_space_takes_no_external(self):
        for place in self.places:
            if place.visibility == "open":
                lines = place.animator.expect(200, "POST", place.path + "/members", {
                    "addresses": "partner@association.example", "role": "guest"})["lines"]
                self.assertEqual((lines[0]["outcome"], lines[0]["problem"]["code"]),
                                 ("refused", "space_closed_to_externals"))

    def test_archived_space_is_read_and_not_changed(self):
        place = Place(self, "project", "closed")
        place.animator.expect(200, "POST", place.path + "/archive", {"archived": True})
        for action in ("see_space", "list_members", "list_files", "read_file"):
            with self.subTest(action=action):
                self.assertEqual(getattr(place, action)(self.people["contributor"]).status, 200)
        for action in ("add_file", "delete_own_file", "update_space", "add_member", "set_role", "list_requests"):
            with self.subTest(action=action):
                answer = getattr(place, action)(place.animator)
                self.assertEqual((answer.status, answer.code), (403, "space_archived"))


class House:
    """What one does in the house itself. Names differ each time, so that nothing is refused for being there already."""

    def __init__(self, people):
        self.people = people

    def make(self, who, kind):
        return who.call("POST", "/api/v1/spaces", {
            "kind": kind, "name": f"Maison {Place.count(self)}", "description": "", "template": "", "visibility": "closed",
            "joining": "invitation"})

    def id_of(self, name):
        return self.people[name].me["person"]["id"]

    def search_directory(self, who):
        return who.get("/api/v1/people?q=anim")

    def create_project(self, who):
        return self.make(who, "project")

    def request_community(self, who):
        return self.make(who, "community")

    def see_agent(self, who):
        return who.get(f"/api/v1/people/{self.id_of('guest')}")

    def see_acquaintance(self, who):
        return who.get(f"/api/v1/people/{self.id_of('spare')}")

    def write_to_agent(self, who):
        user = self.people["guest"].expect(200, "GET", "/_matrix/client/v3/account/whoami")["user_id"]
        return who.call("POST", "/_matrix/client/v3/createRoom",
                        {"is_direct": True, "preset": "trusted_private_chat", "invite": [user]})

    def list_people(self, who):
        return who.get("/api/v1/admin/people")

    def create_person(self, who):
        return who.call("POST", "/api/v1/admin/people", {
            "email": f"nouveau{Place.count(self)}@interieur.test", "name": "Nouveau", "given_name": "", "family_name": "",
            "password": PASSWORD})

    def list_house_keys(self, who):
        return who.get("/api/v1/admin/meeting-keys")

    def make_house_key(self, who):
        answer = who.call("POST", "/api/v1/admin/meeting-keys", {"name": "Maison"})
        if answer.status == 201:
            who.expect(204, "DELETE", "/api/v1/meeting-keys/" + answer.json["key"]["id"])
        return answer

    def list_administrations(self, who):
        return who.get("/api/v1/admin/administrations")

    def create_administration(self, who):
        count = Place.count(self)
        return who.call("POST", "/api/v1/admin/administrations",
                        {"name": f"Administration {count}", "domains": [f"a{count}.test"]})

    def community_requests(self, who):
        return who.get("/api/v1/admin/community-requests")

    def read_audit(self, who):
        return who.get("/api/v1/admin/audit")

    def read_statistics(self, who):
        return who.get("/api/v1/meter/instance")

    def read_network_policy(self, who):
        return who.get("/.well-known/parvis-network-policy")

    def edit_network_policy(self, who):
        known = self.people["administrator"].expect(200, "GET", "/api/v1/admin/network-policy")
        return who.call("PUT", "/api/v1/admin/network-policy", {"version": known["version"], "policy": known["policy"]})

    def network_history(self, who):
        return who.get("/api/v1/admin/network-policy/history/1")

    def what_applies_to_me(self, who):
        return who.get("/api/v1/network")

    def keep_images(self, who):
        return who.call("PUT", "/api/v1/me/network-exemption", {"exempt": False})


def add_house_row(action, expected):
    def test(self):
        if action == "write_to_agent" and not self.has_chat:
            self.skipTest("no chat module in this build")
        house = House(self.people)
        for name, status in expected.items():
            answer = getattr(house, action)(self.people[name])
            with self.subTest(who=name):
                self.assertEqual(answer.status, status, answer)
    setattr(AccessMatrix, f"test_house_{action}", test)


def add_row(action, expected, chat):
    def test(self):
        if chat and not self.has_chat:
            self.skipTest("no chat module in this build")
        for place in self.places:
            self.check(place, action, expected)
    setattr(AccessMatrix, f"test_{action}", test)


for rows, is_chat in ((read_table(TABLE), False), (read_table(CHAT_TABLE), True)):
    for row, statuses in rows.items():
        add_row(row, statuses, is_chat)
for house_row, house_statuses in read_table(HOUSE_TABLE, ("anonymous", "agent", "administrator", "outsider")).items():
    add_house_row(house_row, house_statuses)

if __name__ == "__main__":
    unittest.main()
