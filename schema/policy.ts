import Type, { type Static } from 'typebox';

const name = (about: string) => Type.String({ minLength: 1, maxLength: 200, description: about });
const list = (about: string) => Type.Array(name(about), { description: about });
const strict = { additionalProperties: false } as const;

/** One name or a list of names; the only field of the document that may be written both ways. */
const nameOrList = (about: string) =>
  Type.Unsafe<string | string[]>({
    type: ['string', 'array'],
    minLength: 1,
    maxLength: 200,
    items: { type: 'string', minLength: 1, maxLength: 200 },
    description: about,
  });

const condition = {
  path_glob: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 1024 }), {
      description:
        'Globs on the workspace-relative path; picomatch, hidden files included. A call without a path never matches',
    }),
  ),
  caller_tag: Type.Optional(list('The caller carries at least one of these tags')),
  session_mode: Type.Optional(list('The session is in one of these modes')),
  session_state: Type.Optional(list('The session is in one of these states')),
};

/** What a rule speaks about: fields are ANDed, the values of one list ORed, an empty list matches nothing. */
export const PolicyMatch = Type.Object(
  { syscall: nameOrList('A tool name (fs.write) or a contract call (merge.apply)'), ...condition },
  strict,
);
export type PolicyMatch = Static<typeof PolicyMatch>;

/** When any one of a rule's exceptions matches, the rule has no opinion. */
export const PolicyException = Type.Object(
  { syscall: Type.Optional(nameOrList('A tool name or a contract call')), ...condition },
  { ...strict, minProperties: 1 },
);
export type PolicyException = Static<typeof PolicyException>;

export const PolicyAction = Type.Union([
  Type.Literal('allow'),
  Type.Literal('deny'),
  Type.Literal('require_review'),
  Type.Literal('pass'),
  Type.Literal('flag'),
]);
export type PolicyAction = Static<typeof PolicyAction>;

/** Conditions on an allow; one that fails, or whose value the call does not carry, turns the allow into a denial. */
export const PolicyConstraints = Type.Object(
  {
    require_template: Type.Optional(name('The sandbox template that the call must run in')),
    max_file_size: Type.Optional(
      Type.Unsafe<number | string>({
        type: ['integer', 'string'],
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        maxLength: 32,
        description:
          'The largest size that is allowed: bytes, or a number with kB MB GB (powers of 1000), KiB MiB GiB (of 1024)',
      }),
    ),
  },
  strict,
);
export type PolicyConstraints = Static<typeof PolicyConstraints>;

export const PolicyRule = Type.Object(
  {
    name: name('Unique in the document; it is what a decision names'),
    match: PolicyMatch,
    except: Type.Optional(Type.Array(PolicyException)),
    action: PolicyAction,
    priority: Type.Optional(Type.Integer({ minimum: -1_000_000, maximum: 1_000_000, description: '0 unless given' })),
    reason: Type.Optional(
      Type.String({ minLength: 1, maxLength: 500, description: 'What a person reads who is refused or asked' }),
    ),
    constraints: Type.Optional(PolicyConstraints),
  },
  strict,
);
export type PolicyRule = Static<typeof PolicyRule>;

export const RedactionPattern = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z][a-z0-9_-]{0,31}$', description: 'Appears in [redacted:<name>]' }),
    pattern: Type.String({
      minLength: 1,
      maxLength: 500,
      description: 'RE2 syntax; matched within one line, at word boundaries',
    }),
  },
  strict,
);
export type RedactionPattern = Static<typeof RedactionPattern>;

const hostPattern = Type.String({
  pattern:
    '^((\\*\\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\\[[0-9a-f:.]+\\])(:[0-9]{1,5})?$',
  maxLength: 259,
  description:
    'A host name in lower case, *.name for every name below it, an address, or [an IPv6 address]; :port for another one than 80 and 443',
});

/** By an Ed25519 key, or by issuer and subject of a Sigstore identity; one of both. */
export const PolicyPublisher = Type.Object(
  {
    name: name("As its plugins' manifests name it"),
    public_key: Type.Optional(
      Type.String({
        pattern: '^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=$',
        description: 'Ed25519, Base64 of its SubjectPublicKeyInfo, as `cavern plugin sign` shows it',
      }),
    ),
    issuer: Type.Optional(Type.String({ pattern: '^https://[!-~]+$', maxLength: 500 })),
    subject: Type.Optional(Type.String({ pattern: '^[!-~]+$', maxLength: 1000 })),
  },
  strict,
);
export type PolicyPublisher = Static<typeof PolicyPublisher>;

export const PolicyDocument = Type.Object(
  {
    version: Type.Literal(1),
    combining: Type.Optional(
      Type.Union([Type.Literal('deny-overrides'), Type.Literal('priority')], {
        description: 'deny-overrides unless given',
      }),
    ),
    tool_allowlist: Type.Optional(
      Type.Array(Type.String({ pattern: '\\S', maxLength: 200 }), {
        description: 'When present, a call with a tool that is not listed is denied; letter case does not count',
      }),
    ),
    rules: Type.Array(PolicyRule),
    redact: Type.Optional(Type.Array(RedactionPattern)),
    plugins: Type.Optional(
      Type.Object(
        {
          publishers: Type.Optional(
            Type.Array(PolicyPublisher, {
              maxItems: 200,
              description: 'Publishers whose plugins are trusted, beside those that the operator added',
            }),
          ),
          unsigned: Type.Optional(
            Type.Literal('refuse', {
              description: 'Plugins without a signature are refused, whatever the settings say',
            }),
          ),
        },
        { ...strict, description: 'Of a workspace’s document, nothing of this counts' },
      ),
    ),
    network: Type.Optional(
      Type.Object(
        {
          groups: Type.Optional(
            Type.Unsafe<Record<string, string[]>>({
              type: 'object',
              propertyNames: { pattern: '^[a-z][a-z0-9_-]{0,62}$' },
              additionalProperties: { type: 'array', items: hostPattern },
            }),
          ),
        },
        strict,
      ),
    ),
  },
  { ...strict, $id: 'policy', title: 'Cavern policy document, version 1' },
);
export type PolicyDocument = Static<typeof PolicyDocument>;

/** One request to do something, as the policy sees it. The identity in `caller` is the kernel's own finding, never a claim. */
export const PolicyCall = Type.Object({
  syscall: Type.String({ minLength: 1, maxLength: 200, description: 'A tool name, or <area>.<call> of the contract' }),
  path: Type.Optional(
    Type.String({ description: 'Workspace-relative; calls that are not about a file in the workspace have none' }),
  ),
  resolvedPath: Type.Optional(Type.String({ description: 'Where the path leads after symlinks; judged as well' })),
  tool: Type.Optional(Type.String()),
  template: Type.Optional(Type.String({ description: 'The sandbox template the call runs in' })),
  size: Type.Optional(Type.Number({ description: 'Bytes of the file that is written' })),
  caller: Type.Object({
    container_id: Type.String({ description: 'Empty where the call does not come out of a container' }),
    peer_pid: Type.Integer(),
    tags: Type.Array(Type.String()),
  }),
  session: Type.Object({ mode: Type.String(), state: Type.String() }),
  at: Type.Number({ description: 'Milliseconds; the clock is read once, before the evaluation starts' }),
});
export type PolicyCall = Static<typeof PolicyCall>;

export const Verdict = Type.Union([Type.Literal('allow'), Type.Literal('deny'), Type.Literal('require_review')]);
export type Verdict = Static<typeof Verdict>;

export const Decision = Type.Object({
  decision: Verdict,
  via: Type.Union([Type.Literal('rules'), Type.Literal('token')]),
  rule: Type.Union([Type.String(), Type.Null()], { description: 'The rule that decided first; null where none did' }),
  reasons: Type.Array(Type.String(), { description: 'Of the rules that decided; empty for allow' }),
  flagged: Type.Boolean(),
  warnings: Type.Array(Type.String(), { description: 'Codes of the warnings of the document in force' }),
});
export type Decision = Static<typeof Decision>;

/** One rule as `policy explain` shows it. */
export const ConsideredRule = Type.Object({
  rule: Type.String(),
  layer: Type.Union([
    Type.Literal('builtin'),
    Type.Literal('policy'),
    Type.Literal('workspace'),
    Type.Literal('extension'),
    Type.Literal('token'),
  ]),
  verdict: Type.Union([Verdict, Type.Literal('pass')]),
  why: Type.String(),
});
export type ConsideredRule = Static<typeof ConsideredRule>;

export const Explanation = Type.Object({ ...Decision.properties, considered: Type.Array(ConsideredRule) });
export type Explanation = Static<typeof Explanation>;

/** A finding of the check of a document; lines and columns count from 1. */
export const DocumentError = Type.Object({ line: Type.Integer(), column: Type.Integer(), message: Type.String() });
export type DocumentError = Static<typeof DocumentError>;

export const DocumentWarning = Type.Object({ line: Type.Integer(), code: Type.String(), message: Type.String() });
export type DocumentWarning = Static<typeof DocumentWarning>;
