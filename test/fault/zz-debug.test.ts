import { expect, test } from 'vitest'
import { eventually } from '../helpers/eventually.ts'
import { runningCluster } from '../helpers/running-cluster.ts'
import { WriteStream } from '../helpers/write-stream.ts'

test('debug', async () => {
  await using cluster = await runningCluster()
  await using stream = await WriteStream.open(cluster.url, 5)
  for (let round = 0; round < 12; round++) {
    const name = `shard-${round % 2}`
    const f0 = stream.failures.length
    stream.begin()
    await stream.untilEachHas(10)
    const pid = cluster.signal(name, 'SIGKILL')
    await eventually(() => cluster.processes().some((p) => p.name === name && p.pid !== pid), { withinMs: 20_000 })
    await stream.untilEachHas(5)
    await stream.end()
    const v = await stream.verify()
    console.log(round, stream.failures.slice(f0).map((f) => `${f.operation} ${f.error.code} ${(f as any).id ?? ''}`).slice(0, 12), v.examples, v.settledUsers, v.settledMs)
    if (v.examples.length > 0) {
      const m = /tweet (\d+) of (\d+)/.exec(v.examples[0]!)
      if (m) {
        const author = Number(m[2])
        const t = stream.world.users.get(author)!.token
        const r = await fetch(`${cluster.url}/v1/users/${author}/tweets?limit=100`, { headers: { authorization: `Bearer ${t}` } })
        const page = (await r.json()) as any
        console.log(page.tweets.map((x: any) => `${x.id} ${x.createdAt} ${x.text}`).join('\n'))
        console.log(stream.world.users.get(author)!.tweets.map((x) => `${x.id} ${x.text} ${x.isDeleted}`).join('\n'))
        console.log(JSON.stringify(stream.failures.slice(f0), null, 0))
        console.log(JSON.stringify((stream as any).log?.slice(-200)))
      }
      break
    }
  }
  expect(1).toBe(1)
})
