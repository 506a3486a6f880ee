// What a whole shard makes of a request whose answer cannot be made as it was decided, and of a bug behind an answer.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { unpack } from '../../../protocol/frame.ts'
import type { UserId } from '../../../protocol/ids.ts'
import { FakeGateway } from '../../helpers/fake-gateway-link.ts'
import { Hosts } from '../../simulation/digests/hosts.ts'

const password = 'secret of ada'
const signUp = { handle: 'ada', name: 'Ada', password, operationId: 'once' }

let hosts: Hosts
let ada: UserId
beforeEach(async () => {
  hosts = new Hosts(() => 0.5)
  await hosts.start()
  const params = signUp
  const answer = await hosts.primary.ask({ name: 'account.create', actor: 0, params })
  ada = (unpack(answer as Uint8Array) as { user: { id: UserId } }).user.id
})
afterEach(() => hosts.close())

test.each([
  ['session.create', { handle: 'ada', password }, 'wrong_credentials'],
  ['account.create', signUp, 'handle_taken'],
] as const)('I10: %s beside the deletion of the account is refused', async (name, params, code) => {
  const { primary } = hosts
  const [deleted, opened] = await Promise.all([
    primary.ask({ name: 'account.delete', actor: ada, params: { password } }),
    primary.ask({ name, actor: 0, params }),
  ])
  expect(unpack(deleted as Uint8Array)).toEqual({})
  expect(opened).toMatchObject({ code })
  await hosts.settle()
  for (const { shard } of hosts.all) expect(shard.state.accounts.sessionsOf(ada)).toEqual([])
})

test('I8, I10: a push that breaks is told to who listens and the operator; what was done is done, and answered', async () => {
  const { primary } = hosts
  const { live, state } = primary.shard
  const gateway = new FakeGateway()
  live.connect(gateway)
  live.subscriptionsOf(gateway, 7)?.subscribe(state.users.find(ada))
  live.pushTweet = () => {
    throw new Error('a bug')
  }
  const posts = ['one', 'two'].map((text) =>
    primary.ask({ name: 'tweet.post', actor: ada, params: { text } }),
  )
  for (const answer of await Promise.all(posts)) {
    expect(unpack(answer as Uint8Array)).toMatchObject({ tweet: { authorId: ada } })
  }
  expect(gateway.lost).toEqual([7, 7])
  expect(() => hosts.check()).toThrow('primary: the effects of an event broke')
})
