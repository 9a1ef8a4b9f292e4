"""Exports open elsewhere and bring their text back; hostile imports are refused with a sentence. The last line is "N passed, N failed"."""

import io
import json
import re
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile
import zlib
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from client import Client  # noqa: E402
from server import PASSWORD, Server  # noqa: E402

ADA, BRUNO = "ada.martin@interieur.test", "bruno.petit@interieur.test"
SPACE = {"kind": "project", "name": "Projet", "description": "", "template": "", "visibility": "closed",
         "joining": "invitation"}
OFFICE = "/usr/lib/libreoffice/program/soffice.bin"

TEXT = """# Compte rendu du 24 novembre

Présents : **Ada**, *Chloé* et ~~Denis~~. Voir [le site](https://www.example.fr/page?a=1&b=2).

## Décisions

1. Première décision
2. Seconde décision
   - détail à l’appui

- [ ] Écrire la note
- [x] Prévenir la préfète

> Une citation.

| Nom | Échéance |
|-----|----------|
| Été | 3 mars   |
| Noël | 25 décembre |

```python
if a < b: print("oui")
```

Fin du texte & suite.
"""
WORDS = ["Compte rendu du 24 novembre", "Présents", "Ada", "Chloé", "Denis", "le site", "Décisions",
         "Première décision", "Seconde décision", "détail à l’appui", "Écrire la note", "Prévenir la préfète",
         "Une citation.", "Échéance", "Été", "3 mars", "25 décembre", 'if a < b: print("oui")', "Fin du texte & suite."]


def png(side=24):
    rows = b"".join(b"\0" + bytes((x * y) % 256 for x in range(side) for _ in range(3)) for y in range(side))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def docx(document, extra=()):
    """A minimal Word file around the XML of its body."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>""")
        archive.writestr("_rels/.rels", """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>""")
        archive.writestr("word/document.xml", document)
        for name, content in extra:
            archive.writestr(name, content)
    return out.getvalue()


BODY = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"><w:body>%s</w:body></w:document>'


def words_of(html):
    text = re.sub(r"<[^>]*>", " ", html)
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return re.sub(r"\s+", " ", text)


def opened_by_office(content, extension, to="txt:Text (encoded):UTF8"):
    """What LibreOffice, as a reader of the file would start it, makes of a file."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "in." + extension).write_bytes(content)
        for _ in range(2):
            done = subprocess.run([OFFICE, "--headless", "--norestore", "--nologo", f"-env:UserInstallation=file://{directory}/profile",
                                   "--convert-to", to, "--outdir", directory + "/out", f"{directory}/in.{extension}"],
                                  capture_output=True, timeout=120, env={"HOME": directory, "PATH": "/usr/bin", "LANG": "C.UTF-8"})
            if done.returncode != 81:
                break
        return Path(directory, "out", "in." + to.split(":")[0]).read_bytes()


class Exchange(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(people=[(ADA, "Ada Martin", "administrator"), (BRUNO, "Bruno Petit", "agent")])
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.ada = Client(cls.server, "ada").sign_in(ADA, PASSWORD)
        cls.bruno = Client(cls.server, "bruno").sign_in(BRUNO, PASSWORD)
        cls.space = cls.ada.expect(201, "POST", "/api/v1/spaces", SPACE)["id"]
        cls.page = cls.bring("note.md", TEXT.encode()).json

    @classmethod
    def bring(cls, name, content, who=None):
        return (who or cls.ada).call("POST", f"/api/v1/spaces/{cls.space}/documents/import?name={quote(name)}", data=content)

    def html(self, document):
        answer = self.ada.call("GET", f"/api/v1/documents/{document}/html")
        self.assertEqual(answer.status, 200, answer)
        return answer.body.decode()

    def taken(self, document, form):
        answer = self.ada.call("GET", f"/api/v1/documents/{document}/export?format={form}")
        self.assertEqual(answer.status, 200, answer)
        self.assertIn("attachment", answer.headers["content-disposition"])
        return answer.body

    def has_words(self, text, words=WORDS):
        text = re.sub(r"\s+", " ", text)
        missing = [word for word in words if word not in text]
        self.assertEqual(missing, [], text[:3000])

    def refused(self, answer, status, code):
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.json["code"], code, answer)
        self.assertGreater(len(answer.json["title"]), 20)

    def same_again(self, form):
        """The text after export and import is the text before."""
        again = self.bring("reprise." + form, self.taken(self.page["id"], form)).json
        self.assertEqual(again["title"], self.page["title"])
        return self.html(again["id"])

    def test_markdown_comes_in(self):
        self.assertEqual(self.page["title"], "Compte rendu du 24 novembre")
        html = self.html(self.page["id"])
        self.has_words(words_of(html), WORDS[1:])
        for part in ("<strong>Ada</strong>", "<em>Chloé</em>", "<s>Denis</s>", "<h2>Décisions</h2>", "<th>Échéance</th>",
                     'data-checked="true"', 'data-checked="false"', "<blockquote>", "<pre><code>",
                     'href="https://www.example.fr/page?a=1&amp;b=2"'):
            self.assertIn(part, html)

    def test_markdown_round_trip(self):
        text = self.taken(self.page["id"], "md").decode()
        for part in ("# Compte rendu du 24 novembre", "**Ada**", "## Décisions", "[x] Prévenir", "| Nom"):
            self.assertIn(part, text)
        self.assertEqual(self.same_again("md"), self.html(self.page["id"]))

    def test_docx_round_trip(self):
        content = self.taken(self.page["id"], "docx")
        self.has_words(opened_by_office(content, "docx").decode(), [w for w in WORDS if w != "le site"])
        html = self.same_again("docx")
        self.has_words(words_of(html), WORDS[1:])
        for part in ("<strong>Ada</strong>", "<s>Denis</s>", "<h2>Décisions</h2>", 'data-checked="true"', "<th>Échéance</th>"):
            self.assertIn(part, html)

    def test_odt_round_trip(self):
        content = self.taken(self.page["id"], "odt")
        self.has_words(opened_by_office(content, "odt").decode(), [w for w in WORDS if w != "le site"])
        html = self.same_again("odt")
        self.has_words(words_of(html), WORDS[1:])
        for part in ("<strong>Ada</strong>", "<h2>Décisions</h2>", "Échéance"):
            self.assertIn(part, html)

    def test_pdf_is_tagged(self):
        content = self.taken(self.page["id"], "pdf")
        self.assertTrue(content.startswith(b"%PDF-"))
        for part in (b"/StructTreeRoot", b"/Marked true", b"/Lang(fr"):
            self.assertIn(part, content)

    def test_html_stands_alone(self):
        text = self.taken(self.page["id"], "html").decode()
        self.has_words(words_of(text))
        self.assertNotIn("<script", text)
        self.assertNotIn('src="/', text)
        self.has_words(opened_by_office(text.encode(), "html").decode(), WORDS[3:6])

    def test_pictures_go_and_come(self):
        body = ('<w:p><w:r><w:t>Avant</w:t></w:r></w:p><w:p><w:r><w:drawing><wp:inline>'
                '<wp:extent cx="300000" cy="300000"/><wp:docPr id="1" name="i" descr="Plan du site"/><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
                '<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill><a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed="rId7"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>')
        relation = ('<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId7" '
                    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/i.png"/></Relationships>')
        file = docx(BODY % body, [("word/_rels/document.xml.rels", relation), ("word/media/i.png", png())])
        made = self.bring("Rapport 2026.docx", file)
        self.assertEqual(made.status, 201, made)
        self.assertEqual(made.json["title"], "Rapport 2026")
        html = self.html(made.json["id"])
        found = re.search(r'<img src="(/api/v1/files/[^"]+/content)" alt="Plan du site"', html)
        self.assertTrue(found, html)
        self.assertEqual(self.ada.call("GET", found.group(1)).body, png())
        listed = self.ada.expect(200, "GET", f"/api/v1/spaces/{self.space}/files")["files"]
        self.assertIn("image-1.png", [one["name"] for one in listed])
        for form, inside in (("docx", "word/media/"), ("odt", "Pictures/")):
            with zipfile.ZipFile(io.BytesIO(self.taken(made.json["id"], form))) as archive:
                pictures = [archive.read(name) for name in archive.namelist() if name.startswith(inside)]
            self.assertIn(png(), pictures)
        self.assertIn(b"data:image/png;base64,", self.taken(made.json["id"], "html"))

    def test_frozen_version_carries_its_stamp(self):
        document = self.bring("décision.md", b"# Avis\n\nFavorable.\n").json["id"]
        version = self.ada.expect(201, "POST", f"/api/v1/documents/{document}/versions", {"name": "Validée", "frozen": True})
        for form in ("html", "md", "odt", "docx", "pdf"):
            content = self.taken(document, f"{form}&version={version['id']}")
            if form == "pdf":
                self.assertIn(b"/Marked true", content)
                continue
            text = opened_by_office(content, form).decode() if form in ("odt", "docx") else content.decode()
            self.has_words(words_of(text), ["Favorable.", "Validée", "figée le", "Ada Martin", version["hash"]])
        page = self.ada.call("GET", f"/documents/{document}/lecture?version={version['id']}").body.decode()
        self.has_words(words_of(page), ["Favorable.", version["hash"]])
        self.assertNotIn("figée", self.taken(document, "md").decode())
        missing = self.ada.call("GET", f"/api/v1/documents/{document}/export?format=odt&version={'0' * 26}")
        self.assertEqual(missing.status, 404)
        elsewhere = self.ada.call("GET", f"/api/v1/documents/{self.page['id']}/export?format=md&version={version['id']}")
        self.assertEqual(elsewhere.status, 404)

    def test_rights(self):
        self.assertEqual(self.bring("x.md", b"# x", self.bruno).status, 403)
        self.assertEqual(self.bruno.call("GET", f"/api/v1/documents/{self.page['id']}/export?format=odt").status, 404)

    def test_unknown_formats(self):
        self.refused(self.bring("x.exe", b"MZ"), 415, "document_format_unknown")
        self.refused(self.bring("x.pdf", b"%PDF-1.7"), 415, "document_format_unknown")
        self.refused(self.bring("x.docx", b"hello"), 400, "document_conversion_failed")
        self.refused(self.bring("x.docx", b"PK\x03\x04broken"), 400, "document_conversion_failed")
        self.refused(self.bring("x.odt", b"PK\x03\x04broken"), 400, "document_conversion_failed")
        self.refused(self.bring("x.md", b"\xff\xfe"), 400, "document_conversion_failed")
        self.refused(self.ada.call("GET", f"/api/v1/documents/{self.page['id']}/export?format=exe"), 400, "document_export_unknown")

    def test_huge_markdown(self):
        self.refused(self.bring("x.md", b"a" * ((1 << 20) + 1)), 413, "document_import_too_large")
        deep = self.bring("x.md", b"> " * 20_000 + b"fond")
        self.assertIn(deep.status, (201, 400, 413), deep)

    def test_script_in_markdown(self):
        self.refused(self.bring("x.md", b"Bonjour\n\n<script>alert(1)</script>\n"), 400, "document_conversion_script")
        self.refused(self.bring("x.md", b"a <IFRAME src=x></IFRAME>\n"), 400, "document_conversion_script")
        # Words about scripts are words; links that would run and pictures from elsewhere are not kept as such.
        made = self.bring("x.md", b"# t\n\n`<script>` [a](javascript:alert(1)) <b onclick=x>gras</b> ![p](https://a.test/i.png)\n")
        self.assertEqual(made.status, 201, made)
        html = self.html(made.json["id"])
        self.assertIn("<code>&lt;script&gt;</code>", html)
        for part in ("javascript:", "onclick", "<img"):
            self.assertNotIn(part, html)
        self.assertIn('href="https://a.test/i.png"', html)

    def test_zip_bomb(self):
        started = self.server.log()
        line = "<w:p><w:r><w:t>" + "a" * 1000 + "</w:t></w:r></w:p>"
        bomb = docx(BODY % (line * 400_000))
        self.assertLess(len(bomb), 3 << 20)
        self.refused(self.bring("x.docx", bomb), 413, "document_conversion_too_heavy")
        self.assertEqual(self.ada.call("GET", f"/api/v1/documents/{self.page['id']}").status, 200)
        self.assertNotIn("terminate", self.server.log()[len(started):])

    def test_entities(self):
        levels = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
        laughs = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e0 "haha">{levels}]>' + BODY % "<w:p><w:r><w:t>&e11;</w:t></w:r></w:p>"
        answer = self.bring("x.docx", docx(laughs))
        self.assertIn(answer.status, (400, 413), answer)
        secret = ('<?xml version="1.0"?><!DOCTYPE d [<!ENTITY f SYSTEM "file:///etc/hostname">]>' +
                  BODY % "<w:p><w:r><w:t>x&f;</w:t></w:r></w:p>")
        answer = self.bring("x.docx", docx(secret))
        if answer.status == 201:
            self.assertNotIn(Path("/etc/hostname").read_text().strip(), self.html(answer.json["id"]))

    def test_nothing_is_left_behind(self):
        self.taken(self.page["id"], "odt")
        left = Path(self.server.data, "conversions")
        self.assertEqual([str(one) for one in left.iterdir()], [])

    def test_template_is_there_from_the_start(self):
        made = self.ada.expect(201, "POST", f"/api/v1/spaces/{self.space}/documents", {"title": "CR", "template": "minutes"})
        html = self.html(made["id"])
        for part in ("<h2>Ordre du jour</h2>", 'data-type="taskList"', "Action, responsable, échéance"):
            self.assertIn(part, html)


if __name__ == "__main__":
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(unittest.defaultTestLoader.loadTestsFromTestCase(Exchange))
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed - len(result.skipped)} passed, {failed} failed")
    sys.exit(1 if failed else 0)
