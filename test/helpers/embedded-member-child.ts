// A process of its own that announces itself once to the member registry of a directory, and then does
// nothing until it is killed.
//
//   node embedded-member-child.ts <directory> <name>
//
// Its one line of output is its process mark as JSON, once it has been heard.

import { EmbeddedMembers } from '../../shard/replication/embedded/embedded-members.ts'
import { thisProcess } from '../../shard/replication/embedded/embedded-process.ts'

const [directory, name] = process.argv.slice(2)
if (directory !== undefined && name !== undefined) {
  const members = new EmbeddedMembers({ directory, clock: Date.now })
  const place = { name, incarnation: `child ${process.pid}`, address: '' }
  const member = { ...place, state: 'ready', hosted: [], serving: [], positions: [] } as const
  const times = { ttlMs: 1_000, forgetAfterMs: 60_000 }
  const seen = await members.announce(member, times)
  if (seen === undefined) throw new Error(`the name ${name} is taken`)
  process.stdout.write(`${JSON.stringify(thisProcess)}\n`)
  setInterval(() => undefined, 60_000)
}
