// node_exporter's own numbers, from the machine through real Prometheus to the cursor.
import { hover, reading } from '../support/board.ts';
import { expect, test } from '../support/fixtures.ts';
import { query } from '../support/prometheus.ts';

const INSTALLED = 'node_memory_MemTotal_bytes';
const IN_USE = `${INSTALLED} - node_memory_MemAvailable_bytes`;

/** The bytes of a text such as `5.32 GiB`, and half a unit of its last digit. */
function bytes(text: string): { value: number; tolerance: number } {
  const [, whole, decimals = '', prefix = ''] = /^(\d+)(?:\.(\d+))?\s([KMGT]?)i?B$/.exec(text) ?? [];
  const unit = 1024 ** ' KMGT'.indexOf(prefix || ' ');
  return { value: Number(`${whole}.${decimals}`) * unit, tolerance: (unit * 10 ** -decimals.length) / 2 };
}

test('the memory under the cursor is what node_exporter said at that time', async ({ page, stack }) => {
  const end = Date.now() - 2_000;
  await page.goto(`${stack.board.url}/d/node-exporter?from=${end - 60_000}&to=${end}&refresh=1s`);
  for (const fraction of [0.94, 0.96, 0.98]) {
    await hover(page, 'Memory', fraction);
    const { timeMs, rows } = await reading(page, 'Memory');
    for (const [legend, expression] of [['in use', IN_USE], ['installed', INSTALLED]] as const) {
      const row = Object.entries(rows).find(([name]) => name.endsWith(legend));
      const shown = bytes(row?.[1] ?? 'none');
      const [sample] = await query(stack.board.url, expression, timeMs / 1_000);
      const said = Number(sample?.value[1]);
      expect(Math.abs(shown.value - said), `${legend}: ${row?.[1]}, not ${said}`).toBeLessThanOrEqual(shown.tolerance);
      const [straight] = await query(stack.prometheus.url, expression, timeMs / 1_000);
      expect(sample?.value[1]).toBe(straight?.value[1]);
    }
  }
});
