// Grafana's dashboards as they are: what their transformations, expressions and library panels come to, and files that are broken.
import { panel } from '../support/board.ts';
import { expect, test } from '../support/fixtures.ts';
import { BoardFolder } from '../support/folder.ts';

/** A series a job, of these values. */
const jobs = (a: number, b: number) =>
  [
    ['a', a],
    ['b', b],
  ]
    .map(([job, value]) => `label_replace(vector(${value}), "job", "${job}", "", "")`)
    .join(' or ');
const table = (refId: string, a: number, b: number) => ({ refId, expr: jobs(a, b), format: 'table', instant: true });
const expression = (refId: string, of: object) => ({ refId, datasource: { type: '__expr__', uid: '__expr__' }, ...of });
const place = (index: number) => ({ x: (index % 3) * 8, y: Math.floor(index / 3) * 8, w: 8, h: 8 });

const PANELS = [
  {
    type: 'table',
    title: 'Joined',
    targets: [table('A', 6, 8), table('B', 2, 4)],
    transformations: [
      { id: 'merge', options: {} },
      {
        id: 'calculateField',
        options: { mode: 'binary', alias: 'Ratio', binary: { left: 'Value #A', operator: '/', right: 'Value #B' } },
      },
      { id: 'organize', options: { excludeByName: { Time: true }, renameByName: { 'Value #A': 'Total', 'Value #B': 'Part' } } },
      { id: 'sortBy', options: { sort: [{ field: 'Ratio' }] } },
    ],
  },
  {
    type: 'stat',
    title: 'Divided',
    targets: [
      { refId: 'A', expr: 'vector(6)', hide: true },
      { refId: 'B', expr: 'vector(4)', hide: true },
      expression('C', { type: 'math', expression: '$A / $B' }),
    ],
  },
  {
    type: 'stat',
    title: 'Over',
    targets: [
      { refId: 'A', expr: 'vector(6)', hide: true },
      expression('B', { type: 'reduce', expression: 'A', reducer: 'max' }),
      expression('C', { type: 'threshold', expression: 'B', conditions: [{ evaluator: { type: 'gt', params: [5] } }] }),
    ].map((target, index) => (index === 1 ? { ...target, hide: true } : target)),
  },
  {
    type: 'stat',
    title: 'Version',
    targets: [{ refId: 'A', expr: 'label_replace(vector(1), "version", "1.2.3", "", "")', format: 'table', instant: true }],
    options: { reduceOptions: { fields: '/^version$/', calcs: ['lastNotNull'] } },
  },
  { id: 41, type: 'stat', title: 'Lent', targets: [{ refId: 'A', expr: 'vector(7)' }] },
  { type: 'gauge', title: 'Borrowed', datasource: { uid: '-- Dashboard --' }, targets: [{ panelId: 41 }] },
  { libraryPanel: { uid: 'lib', name: 'Kept elsewhere' }, title: 'Library' },
  {
    type: 'stat',
    title: 'Nothing',
    targets: [{ refId: 'A', expr: 'vector(1) > 2' }],
    fieldConfig: { defaults: { noValue: 'all quiet' } },
  },
  { type: 'text', title: 'Words', options: { mode: 'html', content: '<div>\n\n      <b onclick="x()">Bold</b></div>' } },
];
const DASHBOARD = JSON.stringify({
  uid: 'grafana',
  title: 'From Grafana: $kind',
  templating: { list: [{ type: 'query', name: 'kind', query: 'label_values(demo_queue_depth, kind)' }] },
  __elements: { lib: { uid: 'lib', model: { type: 'stat', targets: [{ refId: 'A', expr: 'vector(9)' }] } } },
  panels: PANELS.map((of, index) => ({ id: index + 1, gridPos: place(index), datasource: { type: 'prometheus' }, ...of })),
});

let boards: BoardFolder;
test.beforeAll(async () => {
  boards = await BoardFolder.start({
    'grafana.json': DASHBOARD,
    'broken.yaml': 'title: Broken\npanels:\n  - {kind: guage}\n',
  });
});
test.afterAll(async () => boards.stop());

const figure = (page: Parameters<typeof panel>[0], title: string) => panel(page, title).locator('.figure');

test('tables, expressions and figures have the values that Grafana shows', async ({ page }) => {
  await page.goto(`${boards.andon.url}/d/grafana`);
  const joined = panel(page, 'Joined');
  await expect(joined.locator('th')).toHaveText([/job/, /Total/, /Part/, /Ratio/]);
  const row = (index: number) => joined.locator('tbody tr').nth(index).locator('td');
  await expect(row(0)).toHaveText(['b', '8', '4', '2']);
  await expect(row(1)).toHaveText(['a', '6', '2', '3']);
  await expect(figure(page, 'Divided')).toHaveText(/^1\.5/);
  await expect(figure(page, 'Over')).toHaveText(/^1/);
  await expect(figure(page, 'Version')).toHaveText(/^1\.2\.3/);
  await expect(figure(page, 'Borrowed')).toHaveText(/^7/);
  await expect(figure(page, 'Library')).toHaveText(/^9/);
  await expect(figure(page, 'Nothing')).toHaveText('all quiet');
  await expect(panel(page, 'Words').locator('b')).toHaveText('Bold');
});

test('the list calls a board by what its variables hold at first', async ({ page }) => {
  await page.goto(`${boards.andon.url}/d`);
  const list = page.getByRole('main');
  await expect(list.getByRole('link', { name: 'From Grafana', exact: true })).toBeVisible();
  await expect(list.getByRole('listitem').filter({ hasText: 'its file is broken' })).toContainText('broken');
});

test('a board whose file was never whole says what is wrong, and comes up when it is mended', async ({ page, watch }) => {
  watch.expect(/500/);
  const response = await page.goto(`${boards.andon.url}/d/broken`);
  expect(response?.status()).toBe(500);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The file of the board “broken” is broken');
  const said = page.getByRole('listitem').filter({ hasText: /broken\.yaml:3:\d+: panels\[0\]\.kind/ });
  await expect(said).toContainText('did you mean `gauge`?');
  boards.write('broken.yaml', 'title: Mended\n');
  await expect(page.getByRole('heading', { name: 'Mended', level: 1 })).toBeVisible();
});
