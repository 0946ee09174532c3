/** Why a package cannot be installed, or a plugin is not offered. */
export const refusals: Readonly<Record<string, string>> = {
  'Cannot install the plugin: {0}: {1}': 'Das Plugin wurde nicht installiert: {0}: {1}',
  'A package is installed only when nothing is wrong with it; nothing of this one was kept.':
    'Ein Paket wird nur installiert, wenn alles daran stimmt; von diesem blieb nichts zurück.',
  // What is in it.
  'there are more than {0} files': 'es sind mehr als {0} Dateien',
  'it unpacks to more than {0} bytes': 'entpackt hat es mehr als {0} Bytes',
  'its files have more than {0} bytes': 'seine Dateien haben mehr als {0} Bytes',
  'plugin.json has more than {0} bytes': 'plugin.json hat mehr als {0} Bytes',
  '"{0}" is in it twice': '„{0}“ ist zweimal darin',
  '"{0}" is another file\'s name in other letters, or its folder\'s':
    '„{0}“ ist der Name einer anderen Datei in anderen Buchstaben, oder der ihres Ordners',
  '"{0}" is another file\'s name in other letters': '„{0}“ ist der Name einer anderen Datei in anderen Buchstaben',
  '"{0}" is absolute': '„{0}“ ist ein absoluter Pfad',
  '"{0}" holds a backslash': '„{0}“ enthält einen Rückstrich (\\)',
  '"{0}" leaves the package': '„{0}“ führt aus dem Paket hinaus',
  '"{0}…" has more than 1024 characters': '„{0}…“ hat mehr als 1024 Zeichen',
  '"{0}" is refused: {1}': '„{0}“ wird zurückgewiesen: {1}',
  'its name holds characters that cannot be seen': 'der Name enthält Zeichen, die man nicht sieht',
  'its name is not in the normal form NFC': 'der Name ist nicht in der Normalform NFC',
  'an entry has no name': 'ein Eintrag hat keinen Namen',
  '"{0}" is a hard link': '„{0}“ ist ein harter Link',
  '"{0}" is a link; pack the file itself': '„{0}“ ist ein Link; packen Sie die Datei selbst',
  '"{0}" is a link{1}': '„{0}“ ist ein Link{1}',
  ' that leaves the folder': ', der aus dem Ordner hinausführt',
  '"{0}" is neither file nor folder': '„{0}“ ist weder Datei noch Ordner',
  'it is no gzipped tar archive: {0}': 'es ist kein gzip-gepacktes tar-Archiv: {0}',
  'there is no plugin.json': 'plugin.json fehlt',
  '"{0}" is not there': '„{0}“ ist nicht da',
  '"{0}" is not what the manifest says': '„{0}“ ist nicht, was das Manifest sagt',
  'the manifest does not name "{0}"': 'das Manifest nennt „{0}“ nicht',
  'the archive is not the one that the index names': 'das Archiv ist nicht das, welches das Verzeichnis nennt',
  'what lies in the store is not what was installed': 'was im Speicher liegt, ist nicht, was installiert wurde',
  'what was installed cannot be read: {0}': 'was installiert wurde, lässt sich nicht lesen: {0}',
  'the folder cannot be read: {0}': 'der Ordner lässt sich nicht lesen: {0}',
  // Digests, list of contents, signature.
  'the digest of "{0}" is not 64 hexadecimal digits in lower case':
    'der Digest von „{0}“ sind nicht 64 hexadezimale Ziffern in Kleinbuchstaben',
  'it is signed and lists no digests': 'es ist signiert und führt keine Digests auf',
  'it is no CycloneDX document in JSON, version 1.4 or later':
    'die Liste ist kein CycloneDX-Dokument in JSON, Version 1.4 oder neuer',
  'it does not say what is in it, and the settings ask for it':
    'es sagt nicht, woraus es besteht, und die Einstellungen verlangen es',
  'it is not signed, and the settings ask for it': 'es ist nicht signiert, und die Einstellungen verlangen es',
  'it is not signed, and the policy asks for it': 'es ist nicht signiert, und die Richtlinie verlangt es',
  'it is not 64 bytes in Base64': 'die Signatur sind nicht 64 Bytes in Base64',
  'the key of "{0}" did not make it': 'die Signatur ist nicht mit dem Schlüssel von „{0}“ gemacht',
  'its Sigstore bundle proves nothing: {0}': 'sein Sigstore-Bundle beweist nichts: {0}',
  '"{0}" is not a publisher that you trust': '„{0}“ ist kein Herausgeber, dem Sie vertrauen',
  '"{0}" signed it, and it says that "{1}" made it': '„{0}“ hat es signiert, und es nennt „{1}“ als Herausgeber',
  '"{0}" ({1}) signed it, whom you do not trust as "{2}"':
    '„{0}“ ({1}) hat es signiert; als „{2}“ vertrauen Sie dem nicht',
  'it says that "{0}" made it, who would have signed it': 'es nennt „{0}“ als Herausgeber, der es signiert hätte',
  // The manifest. What has the most places comes last: it fits most.
  'plugin.json is not JSON: {0}': 'plugin.json ist kein JSON: {0}',
  'it is nested deeper than {0}': 'es ist tiefer als {0} Ebenen verschachtelt',
  'it has a key __proto__': 'es hat einen Schlüssel __proto__',
  'calls of Cavern itself begin with "{0}.", and the rules about them would count for its tools':
    'Caverns eigene Aufrufe beginnen mit „{0}.“, und die Regeln dafür würden für seine Werkzeuge gelten',
  'there is a plugin "{0}" already': 'es gibt schon ein Plugin „{0}“',
  'there is a tool "{0}" already': 'es gibt schon ein Werkzeug „{0}“',
  '"{0}" comes with the program': '„{0}“ gehört zum Programm',
  'there are two tools "{0}"': 'es gibt zwei Werkzeuge „{0}“',
  '"{0}" does not begin with "{1}."': '„{0}“ beginnt nicht mit „{1}.“',
  'the schema refers to itself': 'das Schema verweist auf sich selbst',
  'the schema refers to "{0}"': 'das Schema verweist auf „{0}“',
  'the schema does not compile: {0}': 'das Schema ist nicht brauchbar: {0}',
  'there are more than {0} parts in it, those that are referred to counted as often as they are':
    'es hat mehr als {0} Teile; worauf verwiesen wird, zählt so oft wie der Verweis',
  'the settings are not an object': 'die Einstellungen sind kein Objekt',
  "{0} says how programs of the sandbox start, and is not a plugin's to set":
    '{0} bestimmt, wie Programme der Sandbox starten, und ist nicht Sache eines Plugins',
  '"{0}" stands for nothing: ${settings.NAME} stands for a setting of the manifest':
    '„{0}“ steht für nichts: ${settings.NAME} steht für eine Einstellung des Manifests',
  'the setting "{0}" is no text or number; a list of texts can stand for arguments, alone':
    'die Einstellung „{0}“ ist weder Text noch Zahl; eine Liste von Texten kann allein für Argumente stehen',
  '{0} holds the character 0': '{0} enthält das Zeichen 0',
  '{0}: {1} has none; it belongs to the runtime {2}': '{0}: {1} hat das nicht; es gehört zur Laufzeit {2}',
  'it speaks {0}, served are {1} and {2}': 'es spricht {0}, bedient werden {1} und {2}',
  'no API version': 'keine API-Version',
  'it has more than {0} bytes': 'es hat mehr als {0} Bytes',
  '{0}: {1}': '{0}: {1}',
  'it holds characters that cannot be seen': 'enthält Zeichen, die man nicht sieht',
  'it holds letters that stand for others': 'enthält Buchstaben, die für andere stehen',
  'it mixes letters of different scripts that look alike':
    'mischt Buchstaben verschiedener Schriften, die gleich aussehen',
};
