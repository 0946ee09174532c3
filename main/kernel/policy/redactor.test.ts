import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propertyRuns } from './property-runs.ts';
import { bringsRedactionMark } from './redaction-mark.ts';
import { createRedactor } from './redactor.ts';

// Split, so that no scanner takes these for real ones.
const repeat = (text: string, count: number): string => text.repeat(Math.ceil(count / text.length)).slice(0, count);
const letters = (count: number): string => repeat('aB3dE5gH7j', count);
const KEY_BODY = `${letters(64)}\n${letters(64)}\n`;

const SECRETS: readonly (readonly [kind: string, secret: string])[] = [
  ['sk', `sk-${letters(20)}`],
  ['sk', `sk-proj-${letters(80)}_-x`],
  ...['ghp', 'gho', 'ghu', 'ghs', 'ghr'].map((prefix) => ['github', `${prefix}_${letters(36)}`] as const),
  ['github', `github_pat_${letters(22)}_${letters(59)}`],
  ['aws', `AKIA${repeat('Q3Z', 16)}`],
  ...['xoxa', 'xoxb', 'xoxp', 'xoxr', 'xoxs'].map(
    (prefix) => ['slack', `${prefix}-${letters(10)}-${letters(4)}`] as const,
  ),
  ['gitlab', `glpat-${letters(20)}`],
  ['npm', `npm_${letters(36)}`],
  ['cavern', `cav_${letters(8)}_${letters(48)}`],
  ['pem', `-----BEGIN PRIVATE KEY-----\n${KEY_BODY}-----END PRIVATE KEY-----`],
  ['pem', `-----BEGIN OPENSSH PRIVATE KEY-----\r\n${KEY_BODY}-----END OPENSSH PRIVATE KEY-----`],
  ['pem', `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${KEY_BODY}-----END PGP PRIVATE KEY BLOCK-----`],
  ['ssn', '123-45-6789'],
];

const redactor = createRedactor([{ name: 'ticket', pattern: 'TCK-[0-9]{6}' }]);

/** Where secrets turn up; each gives back what has to be left. */
const PLACES: readonly (readonly [string, (text: string) => string])[] = [
  ['alone', (text) => text],
  ['in a sentence', (text) => `The key is ${text}, or was.`],
  ['in JSON', (text) => JSON.stringify({ [text]: `line\n${text}\ttab`, list: [text] })],
  ['in JSON in JSON', (text) => JSON.stringify({ inner: JSON.stringify({ a: `x\n${text}` }) })],
  ['in a URL', (text) => `https://me:${text}@example.com/?token=${text}&next=a%3D${text}#${text}`],
  ['in an assignment', (text) => `TOKEN=${text};export A="${text}"`],
  ['in colours', (text) => `\u001b[1;31m${text}\u001b[0m`],
  ['beside non-ASCII', (text) => `é${text}ü→${text}`],
];

describe('redaction', () => {
  test.each(PLACES)('finds every kind of secret %s', (_place, put) => {
    for (const [kind, secret] of SECRETS)
      expect(redactor.redact(put(secret))).toBe(put(secret).replaceAll(asPrinted(put, secret), `[redacted:${kind}]`));
  });

  test('applies the patterns of the document at word boundaries', () => {
    expect(redactor.redact('TCK-123456, (TCK-000000) XTCK-123456 TCK-1234567')).toBe(
      '[redacted:ticket], ([redacted:ticket]) XTCK-123456 TCK-1234567',
    );
    expect(createRedactor([{ name: 'phone', pattern: '\\+[0-9]{4,}' }]).redact('call +49123 or a+4912')).toBe(
      'call [redacted:phone] or a[redacted:phone]',
    );
  });

  test.each([
    'sk-short',
    `task-${letters(30)}`,
    `ghp_${letters(35)}`,
    `AKIA${repeat('Q3Z', 15)}`,
    `AKIA${repeat('Q3Z', 17)}`,
    `cav_${letters(8)}`,
    '2024-01-02T03:04:05',
    '1234-45-6789',
    '123-45-67890',
    '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----',
    'begins with -----BEGIN PRIVATE KEY----- on the same line',
    Buffer.from(SECRETS.map(([, secret]) => secret).join(' ')).toString('base64'),
  ])('leaves %j alone', (text) => {
    expect(redactor.redact(text)).toBe(text);
  });

  test('takes what is left of a private key that was cut off', () => {
    const [head] = `-----BEGIN RSA PRIVATE KEY-----\n${KEY_BODY}`.split('\nEND');
    expect(redactor.redact(`key:\n${head}`)).toBe('key:\n[redacted:pem]');
  });

  test('reaches into values, names of members included', () => {
    const [, secret] = SECRETS[0] ?? ['', ''];
    expect(redactor.redactValue({ [secret]: [secret, 1, null, { a: `x ${secret}` }] })).toEqual({
      '[redacted:sk]': ['[redacted:sk]', 1, null, { a: 'x [redacted:sk]' }],
    });
  });

  test('gives the same in pieces as in one, wherever the cuts are', () => {
    const noise = fc.oneof(
      fc.constantFrom(
        ' ',
        '\n',
        '-',
        '_',
        '.',
        '"',
        '\\n',
        'sk-',
        'AKIA',
        'ghp_',
        '-----BEGIN ',
        '-----END PRIVATE KEY-----',
        '123-45-',
        '\u001b[3m',
      ),
      fc.string({ maxLength: 8 }),
      fc.constantFrom(...SECRETS.map(([, secret]) => secret), 'TCK-123456'),
      fc.constantFrom(letters(90), repeat('a-', 300), '-----BEGIN PRIVATE KEY-----\n'),
    );
    const texts = fc.array(noise, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(texts, fc.array(fc.nat(400), { maxLength: 10 }), fc.boolean(), (text, sizes, hasOwn) => {
        const one = hasOwn ? redactor : createRedactor();
        const stream = one.stream();
        let pieces = '';
        let at = 0;
        for (const size of sizes) {
          pieces += stream.push(text.slice(at, at + size));
          at += size;
        }
        pieces += stream.push(text.slice(at)) + stream.end();
        expect(pieces).toBe(one.redact(text));
      }),
      propertyRuns(2000),
    );
  });

  test('lets nothing through of 200 planted secrets, cut into single characters', () => {
    const planted = Array.from({ length: 200 }, (_, index) => SECRETS[index % SECRETS.length]?.[1] ?? '');
    const text = planted.map((secret, index) => PLACES[index % PLACES.length]?.[1](secret) ?? '').join('\n');
    const stream = redactor.stream();
    let redacted = '';
    for (const character of text) redacted += stream.push(character);
    redacted += stream.end();
    expect(redacted).toBe(redactor.redact(text));
    expect(planted.filter((secret) => redacted.includes(secret))).toEqual([]);
  });

  test('holds back no more than a word of ordinary output, and little of a secret without end', () => {
    const stream = redactor.stream();
    expect(createRedactor().stream().push('Building 3 of 4 … done\n')).toBe('Building 3 of 4 … done\n');
    let passed = stream.push('sk-');
    for (let index = 0; index < 1000; index++) passed += stream.push(letters(1000));
    expect(passed + stream.push(' over\n')).toBe('[redacted:sk] over\n');
  });

  test('takes linear time on hostile text', () => {
    const started = process.cpuUsage();
    for (const part of [
      '-----BEGIN PRIVATE KEY----- ',
      'sk-',
      '-',
      '_',
      'AKIA',
      'ghp_a',
      '-----BEGIN ',
      '123-45-',
      'cav_12345678_',
    ]) {
      redactor.redact(repeat(part, 1_000_000));
    }
    // What is quadratic would take hours. Time of the processor, because other tests run beside this one.
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(3000);
  });
});

/** A secret as it stands in its place: JSON escapes the line ends of a private key, once or twice. */
function asPrinted(put: (text: string) => string, secret: string): string {
  const escaped = JSON.stringify(secret).slice(1, -1);
  const twice = JSON.stringify(escaped).slice(1, -1);
  return [twice, escaped, secret].find((text) => put(secret).includes(text)) ?? secret;
}

describe('a mark in what is written', () => {
  test('is refused where the file did not hold it', () => {
    expect(bringsRedactionMark('a = 1', 'a = [redacted:sk]')).toBe(true);
    expect(bringsRedactionMark(undefined, '[redacted:sk]')).toBe(true);
    expect(bringsRedactionMark('[redacted:sk]', '[redacted:sk] [redacted:sk]')).toBe(true);
    expect(bringsRedactionMark('[redacted:sk]', '[redacted:npm]')).toBe(true);
    expect(bringsRedactionMark('doc of [redacted:sk]', 'the doc of [redacted:sk]')).toBe(false);
    expect(bringsRedactionMark(undefined, 'nothing')).toBe(false);
  });
});
