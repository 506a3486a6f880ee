// Makes sure that the programs which the tests start are there: `npm test` runs this first.
//
// Where one is missing, and the machine has apt and the right to use it, it is installed, and that is
// said. Otherwise the tests stop here with the one line that installs it. No test is left out in silence.

import { spawnSync } from 'node:child_process'

/** Program, and the Debian package that brings it. */
const needed = [
  { program: 'redis-server', debianPackage: 'redis-server' },
  { program: 'chromium', debianPackage: 'chromium' },
] as const

function has(program: string): boolean {
  return spawnSync('which', [program], { stdio: 'ignore' }).status === 0
}

function run(command: string, given: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync(command, given, { stdio: 'inherit', env }).status === 0
}

const missing = needed.filter(({ program }) => !has(program))
if (missing.length > 0) {
  const packages = missing.map(({ debianPackage }) => debianPackage)
  const install = `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`
  const mayInstall = has('apt-get') && process.getuid?.() === 0
  if (!mayInstall) {
    process.stderr.write(
      `The tests need ${packages.join(', ')}. Install with: sudo sh -c '${install}'\n`,
    )
    process.exit(1)
  }
  process.stdout.write(
    `The tests need ${packages.join(', ')}, which is installed now: ${install}\n`,
  )
  const isDone = run('sh', ['-c', install])
  if (!isDone || missing.some(({ program }) => !has(program))) {
    process.stderr.write(`Could not be installed; try it by hand: ${install}\n`)
    process.exit(1)
  }
}
