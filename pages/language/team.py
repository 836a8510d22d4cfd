"""Texts of cabinets, people and what they may do, in English and German, by key; a part of `TEXTS` as the others."""

from __future__ import annotations

EN: dict[str, str] = {
    "nav.cabinets": "Cabinets",
    "here.switch": "Cabinet",
    "here.not_open": "The cabinet that this address leads to is not open to you, or not there any more.",
    "here.instead": "To “{name}”",
    "cabinets.title": "Cabinets",
    "cabinets.lead": (
        "Each cabinet is a space of its own: its documents, people, claims, corrections and findings appear in no "
        "other. All pages work in the one that is open."
    ),
    "cabinets.open": "Open",
    "cabinets.now": "open now",
    "cabinets.name": "Name",
    "cabinets.new": "Name of a new cabinet",
    "cabinets.make": "New cabinet",
    "cabinets.rename": "Rename",
    "cabinets.rename.about": "Links that were sent to others go on leading here.",
    "cabinets.rename.do": "Rename",
    "cabinets.delete": "Delete",
    "cabinets.delete.empty": "The cabinet “{name}” is empty. Delete it?",
    "cabinets.delete.full": "With the cabinet “{name}” all of this goes, and cannot be brought back: {what}.",
    "cabinets.delete.type": "Type its name to delete it",
    "cabinets.delete.do": "Delete for good",
    "cabinets.delete.unsure": "The name is another one. Nothing was deleted.",
    "cabinets.deleting": "Deleting the cabinet. A large one takes minutes.",
    "person.sign_in": "Sign in",
    "person.sign_in.about": "Documents, questions and answers of a group. Sign in to see your cabinets.",
    "person.sign_out": "Sign out",
    "person.not_verified": (
        "You are signed in, but your provider does not say that the e-mail address is yours. Confirm it there, or ask "
        "whoever runs this installation."
    ),
    "person.nothing_open": (
        "You are signed in as {email}. No cabinet is open to you yet: ask an owner of one to invite this address."
    ),
    "add.reader": "You may read in this cabinet. To add documents, ask one of its owners to make you an editor.",
    "welcome.reader": "This cabinet is empty. You may read in it; its editors add documents.",
    "role.reader": "reader",
    "role.editor": "editor",
    "role.owner": "owner",
    "role.host": "runs this installation",
    "members.title": "Members of “{name}”",
    "members.you.reader": "You may ask, look and export here. What else you need, ask an owner for.",
    "members.you.editor": "You may add, correct, keep findings and send them here. Owners also remove and invite.",
    "members.you.owner": "You own this cabinet: you also remove documents, and invite people.",
    "members.you.host": "You run this installation: every cabinet is yours, and you make new ones.",
    "members.since": "since {date}, invited by {by}",
    "members.role": "May",
    "members.email": "E-mail address, or several",
    "members.invite": "Invite",
    "members.drop": "Remove",
    "members.about": (
        "Readers ask, look and export; editors also add, correct and send; owners also remove documents and invite. "
        "Nobody is written to: tell the person the address of this page. Only an address that their sign-in has "
        "verified lets them in."
    ),
    "limits.title": "Limits for each person and day",
    "limits.about": (
        "Before a model is asked, and before a file is taken in, it is looked whether the person has anything left. An "
        "empty field is no limit; a day is one of UTC."
    ),
    "limits.whom": "For",
    "limits.everybody": "everybody",
    "limits.usd": "US dollars",
    "limits.calls": "Calls of models",
    "limits.mb": "MB brought",
    "limits.none": "no limit",
    "limits.set": "Set",
    "limits.used": "Used today: {usd}, calls: {calls}, MB: {mb}",
    "log.title": "What was done here",
    "log.about": (
        "Who asked which model what and which passages it was sent, who brought, corrected, removed, exported and "
        "invited. Entries are added, never changed. The latest are shown; the files hold all."
    ),
    "log.empty": "Nothing was done here yet.",
    "log.csv": "As CSV",
    "log.jsonl": "As JSON lines",
    "log.at": "When",
    "log.who": "Who",
    "log.did": "Did",
    "log.what": "What",
    "log.model": "Model",
    "log.passages": "Passages sent",
    "log.tokens": "Tokens read + written",
    "log.usd": "Cost",
    "log.did.import": "import",
    "log.did.import_cancelled": "import cancelled",
    "log.did.document_removed": "document removed",
    "log.did.export": "export",
    "log.did.finding_kept": "finding kept",
    "log.did.finding_edited": "finding edited",
    "log.did.finding_deleted": "finding deleted",
    "log.did.message": "message",
    "log.did.member": "member invited or changed",
    "log.did.member_removed": "member removed",
    "log.did.limits": "limits set",
    "log.did.cabinet_made": "cabinet made",
    "log.did.cabinet_renamed": "cabinet renamed",
    "log.did.cabinet_deleted": "cabinet deleted",
    "log.did.vectors_anew": "search by meaning prepared anew",
    "log.did.folder_watched": "folder watched",
    "log.did.folder_not_watched": "folder no longer watched",
    "log.did.model_asked": "model asked",
    "log.did.corrected": "corrected",
}
DE: dict[str, str] = {
    "nav.cabinets": "Kabinette",
    "here.switch": "Kabinett",
    "here.not_open": "Das Kabinett, zu dem diese Adresse führt, ist Ihnen nicht zugänglich oder nicht mehr da.",
    "here.instead": "Zu „{name}“",
    "cabinets.title": "Kabinette",
    "cabinets.lead": (
        "Jedes Kabinett ist ein Raum für sich: Seine Dokumente, Personen, Aussagen, Berichtigungen und Fundstücke "
        "erscheinen in keinem anderen. Alle Seiten arbeiten in dem, das geöffnet ist."
    ),
    "cabinets.open": "Öffnen",
    "cabinets.now": "jetzt geöffnet",
    "cabinets.name": "Name",
    "cabinets.new": "Name eines neuen Kabinetts",
    "cabinets.make": "Neues Kabinett",
    "cabinets.rename": "Umbenennen",
    "cabinets.rename.about": "Links, die Sie anderen gesendet haben, führen weiterhin hierher.",
    "cabinets.rename.do": "Umbenennen",
    "cabinets.delete": "Löschen",
    "cabinets.delete.empty": "Das Kabinett „{name}“ ist leer. Löschen?",
    "cabinets.delete.full": "Mit dem Kabinett „{name}“ geht all dies und lässt sich nicht zurückholen: {what}.",
    "cabinets.delete.type": "Zum Löschen bitte den Namen eingeben",
    "cabinets.delete.do": "Endgültig löschen",
    "cabinets.delete.unsure": "Der Name ist ein anderer. Nichts wurde gelöscht.",
    "cabinets.deleting": "Das Kabinett wird gelöscht. Bei einem großen dauert das Minuten.",
    "person.sign_in": "Anmelden",
    "person.sign_in.about": (
        "Dokumente, Fragen und Antworten einer Gruppe. Melden Sie sich an, um Ihre Kabinette zu sehen."
    ),
    "person.sign_out": "Abmelden",
    "person.not_verified": (
        "Sie sind angemeldet, doch Ihr Anbieter sagt nicht, dass die E-Mail-Adresse Ihnen gehört. Bestätigen Sie sie "
        "dort, oder fragen Sie, wer diese Installation betreibt."
    ),
    "person.nothing_open": (
        "Sie sind als {email} angemeldet. Noch ist Ihnen kein Kabinett zugänglich: Bitten Sie jemanden, dem eines "
        "gehört, diese Adresse einzuladen."
    ),
    "add.reader": (
        "Sie können in diesem Kabinett lesen. Um Dokumente hinzuzufügen, bitten Sie jemanden, dem es gehört, Sie zur "
        "Bearbeitung einzuladen."
    ),
    "welcome.reader": "Dieses Kabinett ist leer. Sie können darin lesen; Dokumente fügt hinzu, wer es bearbeitet.",
    "role.reader": "liest",
    "role.editor": "bearbeitet",
    "role.owner": "besitzt",
    "role.host": "betreibt diese Installation",
    "members.title": "Mitglieder von „{name}“",
    "members.you.reader": (
        "Sie können hier fragen, lesen und exportieren. Um mehr bitten Sie diejenigen, denen es gehört."
    ),
    "members.you.editor": (
        "Sie können hier hinzufügen, berichtigen, Fundstücke behalten und senden. Dokumente entfernen und Personen "
        "einladen kann, wem das Kabinett gehört."
    ),
    "members.you.owner": "Ihnen gehört dieses Kabinett: Sie entfernen auch Dokumente und laden Personen ein.",
    "members.you.host": "Sie betreiben diese Installation: Jedes Kabinett ist Ihres, und Sie legen neue an.",
    "members.since": "seit {date}, eingeladen von {by}",
    "members.role": "Darf",
    "members.email": "E-Mail-Adresse, auch mehrere",
    "members.invite": "Einladen",
    "members.drop": "Entfernen",
    "members.about": (
        "Wer liest, fragt, schaut und exportiert; wer bearbeitet, fügt auch hinzu, berichtigt und sendet; wer besitzt, "
        "entfernt auch Dokumente und lädt ein. Niemand wird angeschrieben: Nennen Sie der Person die Adresse dieser "
        "Seite. Nur eine Adresse, die ihre Anmeldung bestätigt hat, lässt sie ein."
    ),
    "limits.title": "Grenzen für jede Person und jeden Tag",
    "limits.about": (
        "Bevor ein Modell gefragt und bevor eine Datei aufgenommen wird, wird geprüft, ob die Person noch etwas übrig "
        "hat. Ein leeres Feld heißt: ohne Grenze; ein Tag ist einer nach UTC."
    ),
    "limits.whom": "Für",
    "limits.everybody": "alle",
    "limits.usd": "US-Dollar",
    "limits.calls": "Modellaufrufe",
    "limits.mb": "MB an Dateien",
    "limits.none": "ohne Grenze",
    "limits.set": "Festlegen",
    "limits.used": "Heute verbraucht: {usd}, Aufrufe: {calls}, MB: {mb}",
    "log.title": "Was hier getan wurde",
    "log.about": (
        "Wer welches Modell was gefragt hat und welche Stellen es bekam, wer aufgenommen, berichtigt, entfernt, "
        "exportiert und eingeladen hat. Einträge kommen hinzu und ändern sich nie. Gezeigt werden die letzten; die "
        "Dateien enthalten alle."
    ),
    "log.empty": "Hier wurde noch nichts getan.",
    "log.csv": "Als CSV",
    "log.jsonl": "Als JSON-Zeilen",
    "log.at": "Wann",
    "log.who": "Wer",
    "log.did": "Tat",
    "log.what": "Was",
    "log.model": "Modell",
    "log.passages": "Gesendete Stellen",
    "log.tokens": "Token gelesen + geschrieben",
    "log.usd": "Kosten",
    "log.did.import": "Import",
    "log.did.import_cancelled": "Import abgebrochen",
    "log.did.document_removed": "Dokument entfernt",
    "log.did.export": "Export",
    "log.did.finding_kept": "Fundstück behalten",
    "log.did.finding_edited": "Fundstück bearbeitet",
    "log.did.finding_deleted": "Fundstück gelöscht",
    "log.did.message": "Nachricht",
    "log.did.member": "Mitglied eingeladen oder geändert",
    "log.did.member_removed": "Mitglied entfernt",
    "log.did.limits": "Grenzen festgelegt",
    "log.did.cabinet_made": "Kabinett angelegt",
    "log.did.cabinet_renamed": "Kabinett umbenannt",
    "log.did.cabinet_deleted": "Kabinett gelöscht",
    "log.did.vectors_anew": "Suche nach Bedeutung neu vorbereitet",
    "log.did.folder_watched": "Ordner beobachtet",
    "log.did.folder_not_watched": "Ordner nicht mehr beobachtet",
    "log.did.model_asked": "Modell gefragt",
    "log.did.corrected": "berichtigt",
}
