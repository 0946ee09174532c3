/** The architecture's allowed imports (docs/architecture.md). `scripts/import-rules.test.mjs` proves that each rule fires. */
const NODE_IO = '^(node:)?(fs|net|child_process|http|https|tls|dgram|worker_threads|cluster)(/|$)';
/** Tests, and what only they use. */
const TESTS = '\\.(test|engine\\.test)\\.tsx?$|/testing/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'schema-only-typebox',
      comment: 'The language everyone speaks depends on nobody.',
      severity: 'error',
      from: { path: '^schema/', pathNot: [TESTS, '^schema/emit\\.ts$'] },
      to: { pathNot: ['^schema/', '(^|/)node_modules/typebox/', '^typebox(/|$)'] },
    },
    {
      name: 'base-imports-nothing',
      severity: 'error',
      from: { path: '^main/base/', pathNot: TESTS },
      to: { pathNot: ['^main/base/', '^(node:)?crypto$'] },
    },
    {
      name: 'kernel-no-platform',
      comment: 'The kernel decides, the platform does: the kernel declares ports and never sees who fills them.',
      severity: 'error',
      from: { path: '^main/kernel/', pathNot: TESTS },
      to: {
        path: '^(main/(platform|hosts|cli|compose|index|headless|front|window-front)|renderer|preload|plugins|bench|e2e)',
      },
    },
    {
      name: 'kernel-no-io',
      severity: 'error',
      from: { path: '^main/kernel/', pathNot: TESTS },
      to: { path: ['^electron$', '(^|/)node_modules/electron/', NODE_IO] },
    },
    {
      name: 'platform-only-kernel-and-node',
      severity: 'error',
      from: { path: '^main/platform/', pathNot: TESTS },
      to: { path: '^(main/(hosts|cli|compose|index|headless|front|window-front)|renderer|preload|bench|e2e)' },
    },
    {
      name: 'hosts-only-dispatch-and-transport',
      comment: 'A host knows who is calling and moves bytes; it cannot reach a handler but through dispatch.',
      severity: 'error',
      from: { path: '^main/hosts/', pathNot: TESTS },
      to: {
        path: '^(main/(cli|compose|index|headless|front|window-front|kernel)|renderer|preload|plugins|bench|e2e)',
        pathNot: [
          '^main/kernel/dispatch/',
          '^main/kernel/sandboxes/agent-port\\.ts$',
          '^main/kernel/keys/authentication\\.ts$',
        ],
      },
    },
    {
      name: 'cli-only-the-client',
      severity: 'error',
      from: { path: '^main/cli/', pathNot: ['^main/cli/index\\.ts$', TESTS] },
      to: { path: '^(main/(?!cli/)|renderer|preload|plugins|bench|e2e)' },
    },
    {
      name: 'only-entries-compose',
      comment: 'compose.ts is the only place that constructs services, and only entries call it.',
      severity: 'error',
      from: {
        path: '^main/',
        pathNot: [
          '^main/(index|headless|front|window-front|compose)\\.ts$',
          '^main/compose/',
          '^main/cli/index\\.ts$',
          TESTS,
        ],
      },
      to: { path: '^main/((compose|index|headless|front|window-front)\\.ts$|compose/)' },
    },
    {
      name: 'preload-only-electron',
      severity: 'error',
      from: { path: '^preload/', pathNot: TESTS },
      to: { pathNot: ['^preload/', '^schema/', '^electron$', '(^|/)node_modules/electron/'] },
    },
    {
      name: 'renderer-no-main',
      severity: 'error',
      from: { path: '^renderer/', pathNot: TESTS },
      to: {
        path: ['^(main|preload|plugins|bench|e2e)/', '^electron$', '(^|/)node_modules/electron/', '^node:', NODE_IO],
      },
    },
    {
      name: 'features-never-each-other',
      severity: 'error',
      from: { path: '^renderer/features/([^/]+)/' },
      to: { path: '^renderer/features/', pathNot: '^renderer/features/$1/' },
    },
    {
      name: 'ui-knows-no-feature',
      severity: 'error',
      from: { path: '^renderer/ui/' },
      to: { path: '^renderer/(features|app)/' },
    },
    {
      name: 'plugins-only-sdk-and-schema',
      severity: 'error',
      from: { path: '^plugins/([^/]+)/', pathNot: TESTS },
      to: { path: '^(plugins/(?!sdk/)[^/]+|main|renderer|preload|bench|e2e)/', pathNot: '^plugins/$1/' },
    },
    {
      name: 'not-to-tests',
      severity: 'error',
      from: { pathNot: [TESTS, '^(e2e|bench)/'] },
      to: { path: TESTS },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(out|dist|coverage|test-results)/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
