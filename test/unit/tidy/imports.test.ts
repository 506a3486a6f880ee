import { expect, test } from 'vitest'
import {
  importDirection,
  loadtestDirection,
  noCycles,
  noOrphans,
  oneImporterPerLibrary,
  shardDirection,
} from '../../tidy/imports.ts'
import { places, repository } from './fixture.ts'

test('a gateway may import the contract, not a shard', () => {
  const files = repository({
    'server/good.ts': "import { f } from '../protocol/fields.ts'",
    'server/bad.ts': "// first\nimport type { Shard } from '../shard/shard.ts'",
    'server/indirect.ts': "const shard = await import('../shard/shard.ts')",
    'protocol/bad.ts': "export { gateway } from '../server/sockets/gateway.ts'",
    'test/any.test.ts': "import '../shard/shard.ts'\nimport '../server/sockets/gateway.ts'",
    'shard/quoted.ts': '// import nothing from "../server/sockets/gateway.ts"',
  })
  expect(places(importDirection(files))).toEqual([
    'server/bad.ts:2',
    'server/indirect.ts:1',
    'protocol/bad.ts:1',
  ])
})

test('inside a shard imports go inwards, and everybody may know a port', () => {
  const files = repository({
    'shard/state/tweets/tweets.ts':
      "import { decide } from '../../operations/tweet-post.ts'\nimport { Slab } from '../memory/slab.ts'",
    'shard/state/memory/slab.ts': "import { Tweets } from '../tweets/tweets.ts'",
    'shard/shard.ts':
      "import type { ReplicationLog } from './replication/log.ts'\nimport { pool } from './fanout/pool.ts'",
    'shard/fanout/pool.ts': "import { Shard } from '../shard.ts'",
    'shard/main.ts': "import { pool } from './fanout/pool.ts'",
  })
  expect(places(shardDirection(files))).toEqual([
    'shard/state/tweets/tweets.ts:1',
    'shard/state/memory/slab.ts:1',
    'shard/shard.ts:2',
  ])
})

test('inside the load tool imports go from scenarios to clients, and every file has its layer', () => {
  const files = repository({
    'loadtest/scenarios/live.ts': "import { Swarm } from '../swarm/swarm.ts'",
    'loadtest/swarm/swarm.ts':
      "import { live } from '../scenarios/live.ts'\nimport { f } from '../../protocol/fields.ts'",
    'loadtest/client/client.ts': "import { Cluster } from '../target/cluster.ts'",
    'loadtest/elsewhere.ts': "import { Client } from './client/client.ts'",
  })
  expect(places(loadtestDirection(files))).toEqual([
    'loadtest/swarm/swarm.ts:1',
    'loadtest/client/client.ts:1',
    'loadtest/elsewhere.ts:1',
  ])
})

test('a library has one importer, and a new one is asked for it', () => {
  const files = repository({
    'protocol/frame.ts': "import { pack } from 'msgpackr'",
    'shard/state/tweets/tweets.ts': "import { pack } from 'msgpackr'",
    'server/clever.ts': "import { leftPad } from 'left-pad'\nimport { join } from 'node:path'",
    'test/unit/free.test.ts': "import { pack } from 'msgpackr'",
  })
  const violations = oneImporterPerLibrary(files)
  expect(places(violations)).toEqual(['shard/state/tweets/tweets.ts:1', 'server/clever.ts:1'])
  expect(violations[1]!.advice).toContain('libraryImporters')
})

test('a cycle is told with its whole way, once', () => {
  const files = repository({
    'protocol/a.ts': "import { b } from './b.ts'",
    'protocol/b.ts': "import type { c } from './c.ts'",
    'protocol/c.ts': "import { a } from './a.ts'",
    'protocol/d.ts': "import { a } from './a.ts'",
  })
  const violations = noCycles(files)
  expect(violations).toHaveLength(1)
  expect(violations[0]!.advice).toContain(
    'protocol/a.ts -> protocol/b.ts -> protocol/c.ts -> protocol/a.ts',
  )
})

test('a file is used by an import, by a URL, by a script of package.json, or not at all', () => {
  const files = repository({
    'package.json': '{"scripts": {"start": "node server/cluster.ts"}}',
    'server/cluster.ts':
      "import { a } from './a.ts'\nconst child = new URL('worker.ts', import.meta.url)",
    'server/a.ts': '',
    'server/worker.ts': '',
    'server/forgotten.ts': '',
    'test/unit/a.test.ts': '',
  })
  expect(places(noOrphans(files))).toEqual(['server/forgotten.ts:1'])
})
