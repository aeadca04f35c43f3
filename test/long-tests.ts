/**
 * Tests that wait for minutes of real time, on real programs: `npm run test:long`. They stay out of `npm test`, which has to be through in twenty minutes on two
 * processors; what they last said is checked in under test/results.
 */
export const LONG_TESTS = [
  // Every alert in its situation, against the real Prometheus; and none in health.
  'test/observability/alerts-*.test.ts',
  'test/observability/quiet.test.ts',
  // Restarts, rotations and restores under traffic.
  'test/e2e/rolling.test.ts',
  'test/e2e/restore.test.ts',
  // Everything that compose mounts, as processes; every service in the image's root file system.
  'test/deploy/compose-started.test.ts',
  'test/deploy/image.test.ts',
  // What gates the release of a checker: deploy/checkers/release.sh runs it too.
  'test/contract/*.test.ts',
]
