import type { messages } from '../../ui/failure-messages.ts';
import { refusals } from './refusals.ts';

export const failures: typeof messages = {
  sentences: {
    denied: {
      'Cannot run {0}: the policy denies it': '{0} wurde nicht ausgeführt: Die Richtlinie verweigert es',
      'Cannot go on with {0}: the policy changed and denies it':
        '{0} wurde abgebrochen: Die Richtlinie hat sich geändert und verweigert es',
      'rule {0}: {1}': 'Regel {0}: {1}',
      'The new policy could not be asked.': 'Die neue Richtlinie ließ sich nicht befragen.',
      'See `cavern policy explain` for every rule that was considered.':
        '`cavern policy explain` zeigt jede Regel, die in Betracht kam.',
      'If it shall be allowed, add a rule to your policy: match: { syscall: {0} }, action: allow. `cavern policy show` names its file, and `cavern policy update FILE` puts it in force.':
        'Soll es erlaubt sein, fügen Sie Ihrer Richtlinie eine Regel hinzu: match: { syscall: {0} }, action: allow. `cavern policy show` nennt ihre Datei, und `cavern policy update FILE` setzt sie in Kraft.',
    },
    needs_review: {
      'Cannot run {0}: the policy wants a person to look first':
        '{0} wurde nicht ausgeführt: Die Richtlinie verlangt, dass zuerst ein Mensch es ansieht',
      'Approve it in the window, or give the answer with the call where you may (--yes).':
        'Erlauben Sie es im Fenster, oder geben Sie die Antwort mit dem Aufruf, wo Sie das dürfen (--yes).',
    },
    secret_unfit: {
      'Cannot hand in the secret "{0}": plugin "{1}" could not ask {2}':
        'Das Geheimnis „{0}“ wurde nicht gegeben: Das Plugin „{1}“ könnte {2} nicht erreichen',
      'Its manifest lists no hosts.': 'Sein Manifest nennt keine Hosts.',
      'Its manifest lists {0}, and the policy has {1}:{2} in none of them.':
        'Sein Manifest nennt {0}, und in keiner dieser Gruppen hat die Richtlinie {1}:{2}.',
      'A WebAssembly module has no network.': 'Ein WebAssembly-Modul hat kein Netzwerk.',
      'The host has to be in a group under network.groups of the policy that network.connect in its plugin.json lists.':
        'Der Host muss in einer Gruppe unter network.groups der Richtlinie stehen, die network.connect in der plugin.json nennt.',
    },
    audit_unavailable: {
      'Cannot run {0}: the audit log cannot be written':
        '{0} wurde nicht ausgeführt: Das Audit-Protokoll lässt sich nicht schreiben',
      'What changes something must be recorded first.': 'Was etwas ändert, muss zuerst aufgezeichnet werden.',
      'Free disk space or repair the home folder; Cavern recovers by itself.':
        'Schaffen Sie Platz auf der Platte, oder reparieren Sie den Home-Ordner; Cavern macht dann von selbst weiter.',
    },
    internal: {
      'Cannot finish the call: an internal error, see the log for its cause':
        'Der Aufruf wurde nicht beendet: ein interner Fehler; die Ursache steht im Protokoll',
    },
    disconnected: {
      'Cannot reach the kernel: the process that ran it has ended':
        'Der Kernel ist nicht erreichbar: Der Prozess, in dem er lief, ist beendet',
      'This window showed the kernel of another process, such as `cavern serve`.':
        'Dieses Fenster zeigte den Kernel eines anderen Prozesses, etwa von `cavern serve`.',
      'Close this window and open Cavern again; it starts a kernel of its own when none runs.':
        'Schließen Sie dieses Fenster und öffnen Sie Cavern neu; es startet einen eigenen Kernel, wenn keiner läuft.',
      'Cannot reach the sandbox: the connection to its agent has ended':
        'Die Sandbox ist nicht erreichbar: Die Verbindung zu ihrem Agenten ist beendet',
      'Cannot reach terminal "{0}": its sandbox is not connected':
        'Terminal „{0}“ ist nicht erreichbar: Seine Sandbox ist nicht verbunden',
    },
    kernel_unreachable: {
      'Cannot reach the kernel of this home: it does not answer':
        'Der Kernel dieses Homes ist nicht erreichbar: Er antwortet nicht',
      'Process {0} (version {1}) owns {2}.': 'Prozess {0} (Version {1}) besitzt {2}.',
      'Another process owns {0}.': 'Ein anderer Prozess besitzt {0}.',
      'End that process, or name another home with --home.':
        'Beenden Sie diesen Prozess, oder nennen Sie mit --home ein anderes Home.',
    },
    version_mismatch: {
      'Cannot attach to the running kernel: it is of another version':
        'Der laufende Kernel ist nicht benutzbar: Er ist von einer anderen Version',
      'The kernel is {0}, this front is {1}.': 'Der Kernel ist {0}, dieses Fenster {1}.',
      'Close the other one, or use the same version.': 'Schließen Sie das andere, oder benutzen Sie dieselbe Version.',
    },
    // Also what a plugin may do and what is new in an update, wherever that stands.
    consent_needed: {
      'Cannot install "{0}": what it may do needs your consent':
        '„{0}“ wurde nicht installiert: Was es darf, braucht Ihre Zustimmung',
      'It asks for nothing beyond being called.': 'Es verlangt nichts weiter, als aufgerufen zu werden.',
      'Look at what it may do, and give your consent with the call: --yes.':
        'Sehen Sie an, was es darf, und stimmen Sie mit dem Aufruf zu: --yes.',
      'It may read {0}.': 'Es darf {0} lesen.',
      "It may change {0}, in the session's copy; your folder changes when you merge.":
        'Es darf {0} ändern, in der Kopie der Sitzung; Ihr Ordner ändert sich, wenn Sie übernehmen.',
      'It may run commands, inside of the sandbox.': 'Es darf Befehle ausführen, in der Sandbox.',
      'It may ask for connections to {0}.': 'Es darf um Verbindungen zu {0} bitten.',
      'It is told your name and e-mail address, as git has them.':
        'Es erfährt Ihren Namen und Ihre E-Mail-Adresse, wie git sie kennt.',
      'every file of the workspace': 'jede Datei im Ordner der Sitzung',
      "the workspace's files {0}": 'die Dateien {0} im Ordner der Sitzung',
      'the hosts {0}': 'den Hosts {0}',
      'nothing, as it names no place': 'nichts, da es keinen Ort nennt',
      'It is an older version: {0} in the place of {1}.': 'Es ist eine ältere Version: {0} statt {1}.',
      'It is the same version {0} with other contents.': 'Es ist dieselbe Version {0} mit anderem Inhalt.',
      'It has other contents, and {0} is not newer than {1}.':
        'Es hat anderen Inhalt, und {0} ist nicht neuer als {1}.',
      'What is installed is refused now, so nothing that you agreed to counts: {0}.':
        'Was installiert ist, wird jetzt zurückgewiesen; nichts, dem Sie zugestimmt haben, gilt: {0}.',
      'Nobody has signed it, so nothing shows that it is by whoever made the one before.':
        'Niemand hat es signiert; nichts zeigt, dass es von demselben ist wie das bisherige.',
      'It is called "{0}" now.': 'Es heißt jetzt „{0}“.',
      'It says now that "{0}" made it.': 'Es nennt jetzt „{0}“ als Herausgeber.',
      'The secret "{0}" that you handed to it is taken back.':
        'Das Geheimnis „{0}“, das Sie ihm gegeben haben, wird zurückgenommen.',
      'It was signed by "{0}"; nobody has signed this one.': 'Es war von „{0}“ signiert; dieses hat niemand signiert.',
      'It was not signed; this one is signed by "{0}".': 'Es war nicht signiert; dieses ist von „{0}“ signiert.',
      'It was signed by "{0}"; this one is signed by "{1}".':
        'Es war von „{0}“ signiert; dieses ist von „{1}“ signiert.',
      'It is run by "{0}" now.': 'Es läuft jetzt mit „{0}“.',
      'It is started with another program, other arguments or other variables now.':
        'Es wird jetzt mit einem anderen Programm, anderen Argumenten oder anderen Variablen gestartet.',
      'It runs in the profile "{0}" now.': 'Es läuft jetzt im Profil „{0}“.',
      'It may use {0} MiB of memory now, and not {1}.': 'Es darf jetzt {0} MiB Speicher belegen, nicht mehr nur {1}.',
      'It has the tag "{0}" now.': 'Es hat jetzt das Schlagwort „{0}“.',
      'It has the tag "{0}" no longer.': 'Es hat das Schlagwort „{0}“ nicht mehr.',
      'Its tool {0} reads now.': 'Sein Werkzeug {0} liest jetzt.',
      'Its tool {0} changes something now.': 'Sein Werkzeug {0} ändert jetzt etwas.',
      'Its tool {0} uses the network now.': 'Sein Werkzeug {0} benutzt jetzt das Netzwerk.',
      'Its tool {0} no longer says of all paths that the policy is to judge them.':
        'Sein Werkzeug {0} sagt nicht mehr von allen Pfaden, dass die Richtlinie über sie entscheiden soll.',
      'It has a new tool, {0}, which reads.': 'Es hat ein neues Werkzeug, {0}, das liest.',
      'It has a new tool, {0}, which changes something.': 'Es hat ein neues Werkzeug, {0}, das etwas ändert.',
      'It has a new tool, {0}, which uses the network.': 'Es hat ein neues Werkzeug, {0}, das das Netzwerk benutzt.',
      'It has a new tool, {0}, which changes something and uses the network.':
        'Es hat ein neues Werkzeug, {0}, das etwas ändert und das Netzwerk benutzt.',
    },
    engine_unavailable: {
      'Cannot reach a container engine: nothing answers': 'Keine Container-Engine ist erreichbar: Nichts antwortet',
      '{0} What runs inside of sandboxes goes on; none can be started or stopped meanwhile.':
        '{0} Was in Sandboxes läuft, läuft weiter; solange lässt sich keine starten oder anhalten.',
      'Nothing listens at {0}, which {1} names.': 'Nichts lauscht an {0}; diese Stelle nennt {1}.',
      'the setting `engineSocket`': 'die Einstellung `engineSocket`',
      'Nothing listens at {0}.': 'Nichts lauscht an {0}.',
      'Install Docker or Podman with the package manager of this system.':
        'Installieren Sie Docker oder Podman mit der Paketverwaltung dieses Systems.',
      '{0} The sessions go on by themselves.': '{0} Die Sitzungen machen von selbst weiter.',
      'Run `{0}`, or for Podman: systemctl --user start podman.socket.':
        'Führen Sie `{0}` aus, oder für Podman: systemctl --user start podman.socket.',
      'Run `{0} && {1}`.': 'Führen Sie `{0} && {1}` aus.',
      'Cannot reach the container engine: it is gone': 'Die Container-Engine ist nicht erreichbar: Sie ist weg',
      'Its socket was closed.': 'Ihr Socket wurde geschlossen.',
      'Start the container engine again.': 'Starten Sie die Container-Engine wieder.',
      'Cannot follow the container engine: it is gone':
        'Der Container-Engine lässt sich nicht mehr folgen: Sie ist weg',
    },
    engine_forbidden: {
      'Cannot use the container engine: this user may not open its socket':
        'Die Container-Engine ist nicht benutzbar: Dieser Benutzer darf ihren Socket nicht öffnen',
      '{0} belongs to a group that this user is not in.': '{0} gehört einer Gruppe, in der dieser Benutzer nicht ist.',
      'Run `sudo usermod -aG docker "$USER"` and log in again.':
        'Führen Sie `sudo usermod -aG docker "$USER"` aus, und melden Sie sich neu an.',
    },
    image_missing: {
      'Cannot start a sandbox: the image "{0}" is missing': 'Keine Sandbox startet: Das Image „{0}“ fehlt',
      'Cannot use the image "{0}": it is missing': 'Das Image „{0}“ ist nicht benutzbar: Es fehlt',
      'Make it with `npm run setup`.': 'Bauen Sie es mit `npm run setup`.',
      'See that the engine can pull it, then: cavern image prepare {0}':
        'Sorgen Sie dafür, dass die Engine es laden kann, dann: `cavern image prepare {0}`',
    },
    workspace_invalid: {
      'Cannot use folder "{0}": {1}': 'Der Ordner „{0}“ ist nicht benutzbar: {1}',
      'it is not an absolute path': 'Das ist kein absoluter Pfad',
      'it cannot be reached': 'Er ist nicht erreichbar',
      'it is not there': 'Es gibt ihn nicht',
      'it is not a folder': 'Das ist kein Ordner',
      'it is the root of the file system': 'Das ist die Wurzel des Dateisystems',
      'Cavern keeps its own files there': 'Cavern bewahrt dort seine eigenen Dateien auf',
      'it cannot be read': 'Er lässt sich nicht lesen',
      'Give the whole path, from "/".': 'Geben Sie den ganzen Pfad an, von „/“ an.',
      'Check the permissions of the folders above it.': 'Prüfen Sie die Rechte der Ordner darüber.',
      'Choose a folder that exists.': 'Wählen Sie einen Ordner, den es gibt.',
      'Choose the folder that holds it.': 'Wählen Sie den Ordner, in dem es liegt.',
      'Choose a folder further down.': 'Wählen Sie einen Ordner weiter unten.',
      'Choose another folder, or another home with --home.':
        'Wählen Sie einen anderen Ordner, oder mit --home ein anderes Home.',
      'Check its permissions (ls -ld).': 'Prüfen Sie seine Rechte (`ls -ld`).',
      'Its home is {0}; a sandbox would see the keys, the audit log and its own layer.':
        'Sein Home ist {0}; eine Sandbox sähe die Schlüssel, das Audit-Protokoll und ihre eigene Schicht.',
    },
    sandbox_failed: {
      'Sandbox "{0}" ended: {1}': 'Sandbox „{0}“ ist beendet: {1}',
      'out of memory': 'Der Arbeitsspeicher ging aus',
      'it was killed': 'Sie wurde von außen beendet',
      'its container is gone': 'Ihr Container ist weg',
      'its agent ended with code {0}': 'Ihr Agent endete mit Code {0}',
      'Its processes used more memory than its profile allows.':
        'Ihre Prozesse brauchten mehr Arbeitsspeicher, als ihr Profil erlaubt.',
      'Something outside of Cavern killed it, or the engine was restarted.':
        'Etwas außerhalb von Cavern hat sie beendet, oder die Engine wurde neu gestartet.',
      'Something outside of Cavern removed it.': 'Etwas außerhalb von Cavern hat ihn entfernt.',
      'The first process inside came to an end.': 'Der erste Prozess darin ging zu Ende.',
      'Resume the session; its changes are kept.': 'Setzen Sie die Sitzung fort; ihre Änderungen sind erhalten.',
      '{0} Use less memory, or a profile with more.':
        '{0} Brauchen Sie weniger Arbeitsspeicher, oder nehmen Sie ein Profil mit mehr.',
      'Sandbox "{0}" was ended: its time was over': 'Sandbox „{0}“ wurde beendet: Ihre Zeit war um',
      'Sandbox "{0}" was ended: nothing used it for too long':
        'Sandbox „{0}“ wurde beendet: Zu lange hat nichts sie benutzt',
      'Its profile allows {0} s.': 'Ihr Profil erlaubt {0} s.',
      'It may stand idle for {0} s: no command, no call, no key stroke, nothing printed.':
        'Sie darf {0} s stillstehen: kein Befehl, kein Aufruf, kein Tastendruck, keine Ausgabe.',
      'Cannot start sandbox "{0}": its workspace cannot be mounted any more':
        'Sandbox „{0}“ startet nicht: Ihr Ordner lässt sich nicht mehr einhängen',
      'Cannot start sandbox "{0}": {1}': 'Sandbox „{0}“ startet nicht: {1}',
      'its agent did not connect': 'Ihr Agent hat sich nicht verbunden',
      'It printed nothing.': 'Sie hat nichts ausgegeben.',
      'Run `cavern doctor`; it checks the image and the engine.':
        'Führen Sie `cavern doctor` aus; es prüft das Image und die Engine.',
      'Merge or discard the changes of this session and start a new one.':
        'Übernehmen oder verwerfen Sie die Änderungen dieser Sitzung, und beginnen Sie eine neue.',
      'Cannot finish {0}: the connection to the sandbox has ended':
        '{0} wurde nicht beendet: Die Verbindung zur Sandbox ist abgebrochen',
      'Look at the session’s state; resume it if it has stopped.':
        'Sehen Sie nach dem Zustand der Sitzung; setzen Sie sie fort, wenn sie angehalten ist.',
      'Cannot open a terminal in session "{0}": the sandbox could not start it':
        'In der Sitzung „{0}“ öffnet sich kein Terminal: Die Sandbox konnte es nicht starten',
    },
    kernel_failed: {
      'Cannot start the kernel': 'Der Kernel startet nicht',
      'What led to it is in {0}.': 'Was dazu führte, steht in {0}.',
    },
    disk_full: {
      'Cannot start the kernel': 'Der Kernel startet nicht',
      'Its home, {0}, is on a disk that has no room left.':
        'Sein Home {0} liegt auf einer Platte, auf der kein Platz mehr ist.',
      'Free some space there and try again; nothing is lost.':
        'Schaffen Sie dort Platz, und versuchen Sie es noch einmal; verloren ist nichts.',
      'Sandbox "{0}" was ended: it wrote too much': 'Sandbox „{0}“ wurde beendet: Sie hat zu viel geschrieben',
      'It wrote {0} MiB; its profile allows {1} MiB.': 'Sie hat {0} MiB geschrieben; ihr Profil erlaubt {1} MiB.',
      'Merge or discard its changes, or use a profile that allows more.':
        'Übernehmen oder verwerfen Sie ihre Änderungen, oder nehmen Sie ein Profil, das mehr erlaubt.',
      'Cannot record the merge into "{0}": the disk is full':
        'Die Übernahme in „{0}“ lässt sich nicht aufzeichnen: Die Platte ist voll',
      'The files were merged. Until that is recorded it cannot be undone.':
        'Die Dateien wurden übernommen. Solange das nicht aufgezeichnet ist, lässt es sich nicht rückgängig machen.',
      'Make room on the disk and start Cavern again: it brings the merge to its end.':
        'Schaffen Sie Platz auf der Platte, und starten Sie Cavern neu: Es bringt die Übernahme zu Ende.',
      '{0}: the disk is full': '{0}: Die Platte ist voll',
    },
    session_running: {
      'Cannot discard changes of session "{0}": it is running':
        'Die Änderungen der Sitzung „{0}“ lassen sich nicht verwerfen: Sie läuft',
      'What a running sandbox sees must not be taken away under it.':
        'Was eine laufende Sandbox sieht, darf ihr nicht weggenommen werden.',
      'Stop the session, discard, and resume it.': 'Halten Sie die Sitzung an, verwerfen Sie, und setzen Sie sie fort.',
      'Cannot restore "{0}": session "{1}" is running':
        '„{0}“ lässt sich nicht wiederherstellen: Die Sitzung „{1}“ läuft',
      'What a running sandbox sees must not be exchanged under it.':
        'Was eine laufende Sandbox sieht, darf ihr nicht ausgetauscht werden.',
      'Stop the session, restore, and resume it; or branch the snapshot into a second session.':
        'Halten Sie die Sitzung an, stellen Sie wieder her, und setzen Sie sie fort; oder beginnen Sie mit dem Snapshot eine zweite Sitzung.',
    },
    session_not_running: {
      'Cannot reach session "{0}": it has no sandbox': 'Die Sitzung „{0}“ ist nicht erreichbar: Sie hat keine Sandbox',
      'Resume it: cavern session resume {0}': 'Setzen Sie sie fort: `cavern session resume {0}`',
    },
    merge_busy: {
      'Cannot merge into "{0}": another merge is at work there':
        'In „{0}“ lässt sich nichts übernehmen: Dort ist eine andere Übernahme im Gang',
      'Wait until it has ended and try again.': 'Warten Sie, bis sie beendet ist, und versuchen Sie es noch einmal.',
      'Cannot merge: "{0}" is being written in the workspace':
        'Nichts wurde übernommen: „{0}“ wird im Ordner gerade geschrieben',
      'Wait until nothing writes there any more and merge again.':
        'Warten Sie, bis dort nichts mehr schreibt, und übernehmen Sie noch einmal.',
    },
    merge_stale: {
      'Cannot merge: what would be merged is no longer what was judged':
        'Nichts wurde übernommen: Was übernommen würde, ist nicht mehr das, was beurteilt wurde',
      'The session or the folder changed in between. Nothing was merged.':
        'Die Sitzung oder der Ordner hat sich dazwischen geändert.',
      'Run the tests again, or review the changes.': 'Lassen Sie die Tests neu laufen, oder prüfen Sie die Änderungen.',
    },
    nothing_to_undo: {
      'Cannot undo a merge of session "{0}": there is none that is not undone':
        'Keine Übernahme der Sitzung „{0}“ lässt sich rückgängig machen: Es ist keine mehr da',
      'See what was merged: cavern changes history {0}':
        'Sehen Sie nach, was übernommen wurde: `cavern changes history {0}`',
    },
    not_found: {
      'Cannot read "{0}": {1}': '„{0}“ lässt sich nicht lesen: {1}',
      'it is no longer what it was when it was listed': 'Es ist nicht mehr das, was es beim Auflisten war',
      'it may not be read any more': 'Es darf nicht mehr gelesen werden',
      'what it was before is not kept any more': 'Was es vorher war, ist nicht mehr aufbewahrt',
      'Read the list of changes again.': 'Lesen Sie die Liste der Änderungen neu.',
      'Cannot show "{0}": the session did not change it':
        '„{0}“ lässt sich nicht zeigen: Die Sitzung hat es nicht geändert',
      'Cannot open "{0}": the session has no such file':
        '„{0}“ lässt sich nicht öffnen: Die Sitzung hat keine solche Datei',
      'Cannot find session "{0}": there is none of that id': 'Die Sitzung „{0}“ gibt es nicht',
      'Cannot find terminal "{0}": it was closed': 'Das Terminal „{0}“ gibt es nicht mehr: Es wurde geschlossen',
      'Cannot answer "{0}": it was answered, withdrawn or has expired':
        '„{0}“ lässt sich nicht beantworten: Es ist beantwortet, zurückgezogen oder abgelaufen',
      'See `cavern session list`.': 'Siehe `cavern session list`.',
    },
    terminal_exited: {
      'Cannot reach terminal "{0}": what ran in it has ended':
        'Terminal „{0}“ ist nicht erreichbar: Was darin lief, ist beendet',
    },
    limit_reached: {
      'Cannot open a terminal: session "{0}" has {1}':
        'Kein weiteres Terminal öffnet sich: Die Sitzung „{0}“ hat schon {1}',
      'Close one that is not needed.': 'Schließen Sie eines, das nicht gebraucht wird.',
      'Cannot open port {0}: {1} ports of this session are open':
        'Port {0} lässt sich nicht öffnen: {1} Ports dieser Sitzung sind offen',
    },
    plugin_refused: refusals,
    invalid_output: {
      'It is not of the tool’s own output schema, so nobody was given it.{0}':
        'Es passt nicht zum Ausgabeschema des Werkzeugs, also hat es niemand bekommen.{0}',
      ' Also: {0}.': ' Außerdem: {0}.',
      'The plugin "{0}" has to be mended, by its author: the tool, or what it says of its output.':
        'Das Plugin „{0}“ muss von seinem Autor berichtigt werden: das Werkzeug, oder was es über seine Ausgabe sagt.',
    },
    tool_failed: {
      'Cannot read "{0}": it does not exist': '„{0}“ lässt sich nicht lesen: Es gibt sie nicht',
      'Cannot list "{0}": it does not exist': '„{0}“ lässt sich nicht auflisten: Es gibt den Ordner nicht',
      'Cannot patch "{0}": it does not exist': '„{0}“ lässt sich nicht ändern: Es gibt sie nicht',
      'Cannot remove "{0}": it does not exist': '„{0}“ lässt sich nicht entfernen: Es gibt es nicht',
      'Cannot create "{0}": it exists already': '„{0}“ lässt sich nicht anlegen: Es gibt es schon',
      'Cannot use "{0}": it leads out of the workspace': '„{0}“ ist nicht benutzbar: Es führt aus dem Ordner hinaus',
      'Cannot patch "{0}": hunk {1} of {2} (line {3}) does not match the file{4}':
        '„{0}“ lässt sich nicht ändern: Abschnitt {1} von {2} (Zeile {3}) passt nicht zur Datei{4}',
      '; its lines end with CR LF and those of the patch with LF':
        '; ihre Zeilen enden mit CR LF, die des Patches mit LF',
      '; its lines end with LF and those of the patch with CR LF':
        '; ihre Zeilen enden mit LF, die des Patches mit CR LF',
      'Cannot take what {0} gave: its patch does not apply to {1}':
        'Was {0} gab, wird nicht angenommen: Sein Patch passt nicht auf {1}',
      'Look at the file as it is now and make the patch again.':
        'Sehen Sie die Datei an, wie sie jetzt ist, und machen Sie den Patch neu.',
    },
    policy_invalid: {
      'Cannot update the policy: the document is not valid':
        'Die Richtlinie wurde nicht geändert: Das Dokument ist ungültig',
      'line {0}, column {1}: {2}': 'Zeile {0}, Spalte {1}: {2}',
      'See every error with `cavern policy check FILE`.': 'Alle Fehler zeigt `cavern policy check FILE`.',
    },
    policy_changed: {
      'Cannot update the policy: it was changed meanwhile':
        'Die Richtlinie wurde nicht geändert: Sie hat sich inzwischen geändert',
      '{0} is not the document any more that this one was written on.':
        '{0} ist nicht mehr das Dokument, auf dem dieses geschrieben wurde.',
      'Look at what is in force now, and write the change on that.':
        'Sehen Sie an, was jetzt in Kraft ist, und schreiben Sie die Änderung darauf.',
    },
    git_failed: {
      'Cannot make a commit: git does not know who you are': 'Kein Commit entstand: Git weiß nicht, wer Sie sind',
      'Name an author, or set user.name and user.email with git config.':
        'Nennen Sie einen Autor, oder setzen Sie user.name und user.email mit `git config`.',
      'Cannot make a commit: there is no change that git can keep':
        'Kein Commit entstand: Es gibt keine Änderung, die Git aufbewahren kann',
      'Cannot make "{0}": it is there already': '„{0}“ wurde nicht angelegt: Es ist schon da',
      'Choose another name.': 'Wählen Sie einen anderen Namen.',
    },
    editor_missing: {
      'Cannot open the file: no editor is set': 'Die Datei lässt sich nicht öffnen: Kein Editor ist eingestellt',
      'Cannot open the file: the editor "{0}" cannot be started':
        'Die Datei lässt sich nicht öffnen: Der Editor „{0}“ startet nicht',
      'Name one that opens a window of its own: cavern config set editor "code --wait"':
        'Nennen Sie einen, der ein eigenes Fenster öffnet: `cavern config set editor "code --wait"`',
    },
    port_taken: {
      'Cannot serve on port {0}: it cannot be listened on':
        'Das Gateway bedient Port {0} nicht: An ihm lässt sich nicht lauschen',
      'Choose another port, or any that is free.': 'Wählen Sie einen anderen Port, oder irgendeinen freien.',
    },
    invalid_setting: {
      'Cannot use the settings file: it was set aside':
        'Die Datei der Einstellungen ist nicht benutzbar: Sie wurde beiseitegelegt',
      'The usual settings are in force. The file lies beside the new one, to be mended or thrown away.':
        'Die üblichen Einstellungen gelten. Die Datei liegt neben der neuen, zum Reparieren oder Wegwerfen.',
    },
    command_failed: {
      'Task "{0}" failed: its command ended with code {1}':
        'Aufgabe „{0}“ ist fehlgeschlagen: Ihr Befehl endete mit Code {1}',
    },
  },
};
