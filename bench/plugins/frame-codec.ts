import { encodeFrame, FrameDecoder } from '../../schema/frame-codec.ts';
import type { Frame } from '../../schema/frame.ts';
import { type Metric, type Metrics, timeMetric } from '../metric.ts';

const ROUNDS = 150;
/** A sample takes about this many bytes of JSON, so that the clock can tell it. */
const SAMPLE_BYTES = 1_000_000;

const SMALL: Frame = {
  id: '42',
  type: 'request',
  method: 'tool.call',
  params: { tool: 'fs.read', input: { path: 'src/index.ts', encoding: 'auto', offset: 0, limitBytes: 1_048_576 } },
};

/** The answer of a `search.grep` with 5,000 matches. */
const RECORDS: Frame = {
  id: '43',
  type: 'response',
  result: {
    matches: Array.from({ length: 5000 }, (_, line) => ({
      path: `packages/part-${line % 97}/src/file-${line}.ts`,
      line,
      text: `  const value${line} = compute(${line}, "größe"); // of what was given`,
      ranges: [[8, 13]],
    })),
    truncated: false,
  },
};

/** A file of 4 MiB as text. */
const TEXT: Frame = {
  id: '44',
  type: 'response',
  result: { content: 'The quick brown fox jumps over the lazy dog.\n'.repeat(93_000), encoding: 'utf8' },
};

/** Encoding and decoding a frame, validated, beside what JSON alone takes for the same value: no bytes, no limits, no schema. */
export function frameCodecBench(): Metrics {
  return { frame_small: compare(SMALL), frame_large: compare(RECORDS), frame_text: compare(TEXT) };
}

function compare(frame: Frame): Metric {
  const decoder = new FrameDecoder();
  const times = Math.max(1, Math.round(SAMPLE_BYTES / JSON.stringify(frame).length));
  const ours = (): void => void decoder.push(encodeFrame(frame));
  const floor = (): void => void JSON.parse(JSON.stringify(frame));
  const samples: readonly [number[], number[]] = [[], []];
  for (let round = -ROUNDS / 4; round < ROUNDS; round += 1) {
    const [ourMs, floorMs] = [repeated(times, ours), repeated(times, floor)];
    if (round < 0) continue;
    samples[0].push((ourMs * 1000) / times);
    samples[1].push((floorMs * 1000) / times);
  }
  return timeMetric(samples[0], 'µs', samples[1]);
}

function repeated(times: number, work: () => void): number {
  const startedMs = performance.now();
  for (let time = 0; time < times; time += 1) work();
  return performance.now() - startedMs;
}
