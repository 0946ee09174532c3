import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ageingPicture, missedPicture } from '../main/kernel/scheduler/testing/pictures.ts';

const guide = join(import.meta.dirname, 'scheduler.md');

it.each([
  ['ageing', ageingPicture],
  ['missed runs', missedPicture],
] as const)('the picture of %s is what the scheduler does; UPDATE_PICTURES=1 draws it anew', async (name, draw) => {
  const block = new RegExp(`(?<=<!-- picture: ${name} -->\n\n\`\`\`\n)[^\`]*(?=\`\`\`\n)`);
  const drawn = await draw();
  const text = readFileSync(guide, 'utf8');
  if (process.env['UPDATE_PICTURES'] === '1')
    writeFileSync(
      guide,
      text.replace(block, () => drawn),
    );
  else expect(block.exec(text)?.[0]).toBe(drawn);
});
