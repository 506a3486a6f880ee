import { expect, test } from 'vitest'
import {
  contractWithoutWorld,
  noConsole,
  processOnlyInMains,
  pureMiddle,
} from '../../tidy/purity.ts'
import { places, repository } from './fixture.ts'

test('state and operations have no clock, chance, timer, wait or input', () => {
  const impure = [
    'const now = Date.now()',
    'const when = new Date()',
    'const luck = Math.random()',
    'setTimeout(() => undefined, 5)',
    'export async function decide() {}',
    'const env = process.env',
    "import { readFileSync } from 'node:fs'",
  ].join('\n')
  const files = repository({
    'shard/state/impure.ts': impure,
    'shard/state/pure.ts':
      '// Date.now() is the caller\'s\nexport const at = (timeMs: number) => new Date(timeMs)\nconst word = "await"',
    'shard/shard.ts': impure,
  })
  const lines = places(pureMiddle(files)).sort()
  expect(lines).toEqual([1, 2, 3, 4, 5, 6, 7].map((line) => `shard/state/impure.ts:${line}`))
})

test('the contract may hash, not read', () => {
  const files = repository({
    'protocol/ids.ts': "import { createHash } from 'node:crypto'",
    'protocol/odd.ts': "import { connect } from 'node:net'",
    'protocol/std/admin.ts': "import { createServer } from 'node:http'",
  })
  expect(places(contractWithoutWorld(files))).toEqual(['protocol/odd.ts:1'])
})

test('the environment is read by mains only; what a process is may be asked anywhere', () => {
  const files = repository({
    'server/main.ts': 'const env = process.env',
    'server/sockets/gateway.ts': 'const env = process.env\nprocess.exit(1)\nprocess?.on("exit", f)',
    'shard/replication/facts.ts': 'const name = process.pid + process.platform',
    'shard/replication/alive.ts': 'process.kill(pid, 0)\nprocess.kill(pid, 9)',
    'loadtest/cluster/processes.ts': 'for (const one of all) one.process.env()',
    'server/imported.ts': "import { env } from 'node:process'",
  })
  expect(places(processOnlyInMains(files))).toEqual([
    'server/sockets/gateway.ts:1',
    'server/sockets/gateway.ts:2',
    'server/sockets/gateway.ts:3',
    'shard/replication/alive.ts:2',
    'server/imported.ts:1',
  ])
})

test('servers log, programs print', () => {
  const files = repository({
    'server/sockets/gateway.ts': 'console.log(1)',
    'loadtest/report/report.ts': 'console.log(1)',
  })
  expect(places(noConsole(files))).toEqual(['server/sockets/gateway.ts:1'])
})
