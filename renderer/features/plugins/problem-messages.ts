import { inLanguage } from '../../ui/language.ts';

export interface Explanation {
  /** What it means, for somebody who has never seen a manifest. */
  readonly what: string;
  readonly fix: string;
}

const TELL_PUBLISHER = 'Get the package again from its publisher; where it stays so, tell them.';
const REBUILD = 'Whoever made the package has to pack it anew: `cavern plugin check` shows everything that is wrong.';
const DANGEROUS = 'Do not install it. No honest package holds this; tell whoever gave it to you.';

const changed: Explanation = {
  what: 'What lies in the package is not what its publisher packed: it was changed, or damaged on its way.',
  fix: TELL_PUBLISHER,
};
const escape: Explanation = {
  what: 'It holds links, devices or names that could reach beyond its own folder.',
  fix: DANGEROUS,
};
const manifest: Explanation = {
  what: 'Its description of itself, plugin.json, is not what Cavern understands.',
  fix: REBUILD,
};
const toolSchema: Explanation = {
  what: 'One of its tools says in a way that cannot be checked what it takes or gives.',
  fix: REBUILD,
};
const tooMuch: Explanation = {
  what: 'It is larger than a plugin may be: 64 MiB and 5,000 files.',
  fix: 'Ask its publisher for a package with only what the tools need.',
};
const noArchive: Explanation = {
  what: 'The file is no package: it is not a .tgz archive, or it is cut off or damaged.',
  fix: TELL_PUBLISHER,
};

/** What is wrong with a package, by the kernel's codes. */
const english = {
  digest_mismatch: changed,
  extra_file: changed,
  missing_file: changed,
  invalid_signature: {
    what: 'Its signature does not fit: it was changed after it was signed, or signed with another key than the one that you trust.',
    fix: TELL_PUBLISHER,
  },
  untrusted_publisher: {
    what: 'Nobody whom you trust has signed it.',
    fix: 'If you know the publisher, ask them for their public key and trust it under Publishers.',
  },
  missing_signature: {
    what: 'It is not signed, so nobody can tell who made it.',
    fix: 'Ask its publisher for a signed package. If it is your own, sign it: `cavern plugin sign`. Plugins without a signature can be allowed under Publishers.',
  },
  missing_sbom: {
    what: 'It does not list what it is made of.',
    fix: 'Ask its publisher for a package made with `cavern plugin pack`, which writes the list.',
  },
  invalid_sbom: { what: 'Its list of what it is made of is no CycloneDX document.', fix: REBUILD },
  invalid_digest_format: { what: 'Its list of digests is not complete or not well formed.', fix: REBUILD },
  oversized_signature: { what: 'Its signature is far larger than any signature is.', fix: DANGEROUS },
  misleading_text: {
    what: 'Its texts hold invisible characters, or letters that only look like the ones you know.',
    fix: DANGEROUS,
  },
  unsupported_api: {
    what: 'It was made for another version of Cavern.',
    fix: 'Update Cavern, or ask for a package made for this version.',
  },
  name_taken: {
    what: 'Another plugin already has its name, or that of one of its tools.',
    fix: 'Remove the other one first, if this is the one that you want.',
  },
  link: escape,
  link_outside: escape,
  hard_link: escape,
  special_file: escape,
  unsafe_path: escape,
  case_collision: {
    what: 'It holds two names that are the same file on some disks.',
    fix: REBUILD,
  },
  duplicate_file: { what: 'It holds the same file twice.', fix: DANGEROUS },
  invalid_archive: noArchive,
  missing_manifest: {
    what: 'There is no plugin.json in it, so it is no plugin.',
    fix: 'Choose the .tgz that `cavern plugin pack` wrote, or the folder that holds plugin.json.',
  },
  too_large: tooMuch,
  too_many_files: tooMuch,
  unreadable: {
    what: 'It cannot be read.',
    fix: 'See that it is there and that you may read it.',
  },
  invalid_json: manifest,
  invalid_manifest: manifest,
  unknown_key: manifest,
  too_deep: manifest,
  prototype_key: { what: 'Its plugin.json holds a key that is only of use in an attack.', fix: DANGEROUS },
  reserved_name: {
    what: 'It has a name under which Cavern’s own calls are judged, so rules about these would count for its tools.',
    fix: 'Ask its publisher for a package under another name.',
  },
  reserved_variable: {
    what: 'It wants a variable that would change which programs or code start, or where they connect to.',
    fix: DANGEROUS,
  },
  unknown_setting: { what: 'It names a setting that it does not have, or that is not a plain value.', fix: REBUILD },
  foreign_tool_name: { what: 'One of its tools has a name that belongs to another plugin.', fix: REBUILD },
  duplicate_tool: { what: 'Two of its tools have the same name.', fix: REBUILD },
  invalid_schema: toolSchema,
  remote_reference: toolSchema,
  recursive_schema: toolSchema,
} satisfies Readonly<Record<string, Explanation>>;

export const problemMessages = inLanguage('problems', english);
