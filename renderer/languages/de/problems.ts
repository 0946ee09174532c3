import type { problemMessages } from '../../features/plugins/problem-messages.ts';

const TELL_PUBLISHER = 'Holen Sie das Paket noch einmal beim Herausgeber; bleibt es dabei, sagen Sie ihm Bescheid.';
const REBUILD = 'Wer das Paket gemacht hat, muss es neu packen: `cavern plugin check` zeigt alles, was nicht stimmt.';
const DANGEROUS =
  'Installieren Sie es nicht. Kein ehrliches Paket enthält so etwas; sagen Sie dem Bescheid, von dem Sie es haben.';

const changed = {
  what: 'Der Inhalt des Pakets ist nicht, was der Herausgeber gepackt hat: Es wurde verändert oder unterwegs beschädigt.',
  fix: TELL_PUBLISHER,
};
const escape = {
  what: 'Es enthält Links, Geräte oder Namen, die über den eigenen Ordner hinausreichen könnten.',
  fix: DANGEROUS,
};
const manifest = { what: 'Seine Selbstbeschreibung, plugin.json, versteht Cavern nicht.', fix: REBUILD };
const toolSchema = {
  what: 'Eines seiner Werkzeuge beschreibt nicht prüfbar, was es annimmt oder liefert.',
  fix: REBUILD,
};
const tooMuch = {
  what: 'Es ist größer, als ein Plugin sein darf: 64 MiB und 5.000 Dateien.',
  fix: 'Bitten Sie den Herausgeber um ein Paket nur mit dem, was die Werkzeuge brauchen.',
};
const noArchive = {
  what: 'Die Datei ist kein Paket: kein .tgz-Archiv, abgeschnitten oder beschädigt.',
  fix: TELL_PUBLISHER,
};

export const problems: typeof problemMessages = {
  digest_mismatch: changed,
  extra_file: changed,
  missing_file: changed,
  invalid_signature: {
    what: 'Seine Signatur passt nicht: Es wurde nach dem Signieren verändert oder mit einem anderen Schlüssel signiert als dem, dem Sie vertrauen.',
    fix: TELL_PUBLISHER,
  },
  untrusted_publisher: {
    what: 'Niemand, dem Sie vertrauen, hat es signiert.',
    fix: 'Wenn Sie den Herausgeber kennen, bitten Sie ihn um seinen öffentlichen Schlüssel und vertrauen Sie diesem unter „Herausgeber“.',
  },
  missing_signature: {
    what: 'Es ist nicht signiert; niemand kann sagen, von wem es ist.',
    fix: 'Bitten Sie den Herausgeber um ein signiertes Paket. Ihr eigenes signieren Sie mit `cavern plugin sign`. Plugins ohne Signatur lassen sich unter „Herausgeber“ zulassen.',
  },
  missing_sbom: {
    what: 'Es führt nicht auf, woraus es besteht.',
    fix: 'Bitten Sie den Herausgeber um ein Paket, das mit `cavern plugin pack` entstand; das schreibt die Liste.',
  },
  invalid_sbom: { what: 'Die Liste seiner Bestandteile ist kein CycloneDX-Dokument.', fix: REBUILD },
  invalid_digest_format: {
    what: 'Die Liste seiner Prüfsummen ist unvollständig oder nicht wohlgeformt.',
    fix: REBUILD,
  },
  oversized_signature: { what: 'Seine Signatur ist weit größer, als Signaturen sind.', fix: DANGEROUS },
  misleading_text: {
    what: 'Seine Texte enthalten unsichtbare Zeichen oder Buchstaben, die nur wie bekannte aussehen.',
    fix: DANGEROUS,
  },
  unsupported_api: {
    what: 'Es wurde für eine andere Version von Cavern gemacht.',
    fix: 'Aktualisieren Sie Cavern oder bitten Sie um ein Paket für diese Version.',
  },
  name_taken: {
    what: 'Ein anderes Plugin hat schon seinen Namen oder den eines seiner Werkzeuge.',
    fix: 'Entfernen Sie zuerst das andere, wenn Sie dieses hier wollen.',
  },
  link: escape,
  link_outside: escape,
  hard_link: escape,
  special_file: escape,
  unsafe_path: escape,
  case_collision: {
    what: 'Es enthält zwei Namen, die auf manchen Platten dieselbe Datei sind.',
    fix: REBUILD,
  },
  duplicate_file: { what: 'Es enthält dieselbe Datei zweimal.', fix: DANGEROUS },
  invalid_archive: noArchive,
  missing_manifest: {
    what: 'Es enthält keine plugin.json, ist also kein Plugin.',
    fix: 'Wählen Sie die .tgz-Datei, die `cavern plugin pack` geschrieben hat, oder den Ordner mit der plugin.json.',
  },
  too_large: tooMuch,
  too_many_files: tooMuch,
  unreadable: {
    what: 'Es ist nicht lesbar.',
    fix: 'Sehen Sie nach, ob es da ist und ob Sie es lesen dürfen.',
  },
  invalid_json: manifest,
  invalid_manifest: manifest,
  unknown_key: manifest,
  too_deep: manifest,
  prototype_key: {
    what: 'Seine plugin.json enthält einen Namen, der nur für einen Angriff von Nutzen ist.',
    fix: DANGEROUS,
  },
  reserved_name: {
    what: 'Es trägt einen Namen, unter dem Caverns eigene Aufrufe beurteilt werden; Regeln über diese würden für seine Werkzeuge gelten.',
    fix: 'Bitten Sie den Herausgeber um ein Paket mit einem anderen Namen.',
  },
  reserved_variable: {
    what: 'Es verlangt eine Variable, die ändern würde, welche Programme oder welcher Code startet oder wohin diese sich verbinden.',
    fix: DANGEROUS,
  },
  unknown_setting: {
    what: 'Es nennt eine Einstellung, die es nicht hat oder die kein einfacher Wert ist.',
    fix: REBUILD,
  },
  foreign_tool_name: {
    what: 'Eines seiner Werkzeuge trägt einen Namen, der zu einem anderen Plugin gehört.',
    fix: REBUILD,
  },
  duplicate_tool: { what: 'Zwei seiner Werkzeuge heißen gleich.', fix: REBUILD },
  invalid_schema: toolSchema,
  remote_reference: toolSchema,
  recursive_schema: toolSchema,
};
