import { expect, it } from 'vitest';
import { tourPage } from '../e2e/fixtures/demo/screen-texts.ts';
import { screenNames } from '../e2e/fixtures/demo/screens.ts';

it('the tour has a line for every screen: vitest run --project unit docs/tour.test.ts -u', async () => {
  await expect(tourPage(screenNames)).toMatchFileSnapshot('tour.md');
});
