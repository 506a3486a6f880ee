import { afterEach, beforeEach, expect, test } from 'vitest'
import { unpack } from '../../../protocol/frame.ts'
import { Hosts, partitionCount } from '../../simulation/digests/hosts.ts'
import { People } from '../../simulation/digests/people.ts'

let hosts: Hosts
beforeEach(async () => {
  hosts = new Hosts(() => 0.5)
  await hosts.start()
})
afterEach(() => hosts.close())

/** Somebody whose sign-up is in the log and has not come to the replica. */
async function signUp(): Promise<number> {
  const people = new People({ random: () => 0.5, partitionCount })
  const deed = people.signUp()
  deed.learn?.((await hosts.primary.ask(deed)) as Uint8Array)
  return people.users[0]!.id
}

test.each([
  { name: 'timeline.home', params: {} },
  { name: 'bookmarks.list', params: {} },
  { name: 'live.subscribe', params: { channel: 'home' } },
] as const)('I10: $name by somebody who signed up elsewhere waits for the log', async (asked) => {
  const actor = await signUp()
  let answer: unknown
  const answered = hosts.replica.ask({ ...asked, actor } as never).then((given) => {
    answer = given
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(answer).toBeUndefined()
  await hosts.settle()
  await answered
  expect(unpack(answer as Uint8Array)).toMatchObject({ tweets: [], users: [] })
})

test('somebody whom no log knows is told to sign in', async () => {
  const actor = (await signUp()) + 16
  const asked = { name: 'timeline.home', params: {}, actor } as never
  for (const host of [hosts.primary, hosts.replica]) {
    const answered = host.ask(asked)
    await hosts.settle()
    expect(await answered).toMatchObject({ code: 'unauthenticated' })
  }
})
