// Commands of the model test that have to do with how one comes in: sessions, applications with their keys and
// quotas; and the export of an account, which is read from its first page to its last.

import fc from 'fast-check'
import { expect } from 'vitest'
import { hashToken } from '../../protocol/credentials.ts'
import type { UserId } from '../../protocol/ids.ts'
import type { World } from './comparison.ts'
import { compareExport } from './comparison-export.ts'
import type { ModelUser } from './model.ts'
import type { ModelApp } from './model-accounts.ts'

const changes = ['give a new key', 'revoke', 'set a quota', 'take of a quota'] as const

export type AccountCommand =
  | { do: 'sign in'; user: number; isRight: boolean }
  | { do: 'sign out'; session: number }
  | { do: 'make an application'; user: number; isRetried: boolean }
  | { do: (typeof changes)[number]; app: number; quota: number }
  | { do: 'export'; user: number }

const n = fc.nat({ max: 1000 })
const action = { by: 'moira', reason: 'a test' }

export const accountArbitrary: fc.Arbitrary<AccountCommand> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('sign in' as const),
      user: n,
      isRight: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sign out' as const), session: n }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('make an application' as const),
      user: n,
      isRetried: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('take of a quota' as const, ...changes),
      app: n,
      quota: fc.constantFrom(0, 100, 1_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('export' as const), user: n }) },
)

const names: readonly string[] = [
  ...changes,
  ...['sign in', 'sign out', 'make an application', 'export'],
]

export function isAccountCommand<C extends { do: string }>(
  command: C | AccountCommand,
): command is AccountCommand {
  return names.includes(command.do)
}

/** Does it to the cluster and to the model. */
export async function runAccounts(command: AccountCommand, world: World): Promise<void> {
  const { accounts, users } = world.model
  if (command.do === 'sign out') return signOut(command.session, world)
  if ('app' in command) {
    const app = accounts.apps[command.app % Math.max(1, accounts.apps.length)]
    return app === undefined ? undefined : change(command, app, world)
  }
  const user = users[command.user % users.length]!
  if (command.do === 'sign in') return signIn(command, user, world)
  if (command.do === 'export') return compareExport(user, world)
  return makeApp(command, user.id, world)
}

async function signIn(
  { isRight }: { isRight: boolean },
  { id, handle }: ModelUser,
  { cluster, model }: World,
): Promise<void> {
  const password = isRight ? 'password' : 'a guess'
  const answer = await cluster.call('session.create', { handle, password })
  if (!isRight) {
    expect(answer).toMatchObject({ error: { code: 'wrong_credentials' } })
    return
  }
  if ('error' in answer) throw new Error(`sign-in: ${answer.error.message}`)
  expect(answer.result.user.id).toBe(id)
  model.accounts.sessions.push([id, answer.result.token])
}

async function signOut(number: number, { cluster, model }: World): Promise<void> {
  const { accounts } = model
  const session = accounts.sessions[number % Math.max(1, accounts.sessions.length)]
  if (session === undefined) return
  const [actor, token] = session
  const from = { actor, tokenHash: hashToken(token) }
  expect(await cluster.call('session.end', {}, from)).toEqual({ result: {} })
  accounts.endSessions((other) => other === session)
}

/** A retry finds the same application, and its key is a new one: the first was not kept. */
async function makeApp(
  { isRetried }: { isRetried: boolean },
  owner: number,
  { cluster, model }: World,
): Promise<void> {
  const { accounts } = model
  const name = `application ${accounts.apps.length + accounts.endedKeys.length}`
  const params = isRetried ? { name, operationId: name } : { name }
  const call = async () => {
    const answer = await cluster.call('app.create', params, { actor: owner })
    if ('error' in answer) throw new Error(`application: ${answer.error.message}`)
    return answer.result
  }
  const { app, key } = await call()
  const made = { id: app.id, owner, name, key, quota: app.quota }
  accounts.apps.push(made)
  if (!isRetried) return
  const again = await call()
  expect(again.app, 'I2: a retry takes effect once').toEqual(app)
  accounts.endKey(made)
  made.key = again.key
}

async function change(
  command: { do: (typeof changes)[number]; quota: number },
  app: ModelApp,
  world: World,
): Promise<void> {
  const { cluster, model } = world
  const [of, to] = [{ appId: app.id }, { actor: app.owner }]
  if (command.do === 'take of a quota') return takeQuota(app, world)
  if (command.do === 'set a quota') return setQuota(app, command.quota, world)
  if (command.do === 'revoke') {
    expect(await cluster.call('app.revoke', of, to)).toEqual({ result: {} })
    model.accounts.revoke(app)
    return
  }
  const answer = await cluster.call('app.rotateKey', of, to)
  if ('error' in answer) throw new Error(`new key: ${answer.error.message}`)
  model.accounts.endKey(app)
  app.key = answer.result.key
}

async function setQuota(app: ModelApp, quota: number, { cluster, model }: World): Promise<void> {
  const { id: appId, owner: userId } = app
  const { handle } = model.users.find(({ id }) => id === userId)!
  const answer = await cluster.call('app.setQuota', { handle, appId, quota, ...action })
  expect(answer).toEqual({ result: { userId, appId, quota } })
  if (app.quota !== quota) {
    const about = { userId: userId as UserId, appId, quota }
    model.operators.actions.push({ action: 'quota', ...about, ...action })
  }
  app.quota = quota
}

/** Some of what is left, as long as anything is; never more than that. */
async function takeQuota(app: ModelApp, { cluster, model }: World): Promise<void> {
  const left = model.accounts.left(app, cluster.nowMs)
  const key = { userId: app.owner as UserId, keyHash: hashToken(app.key) }
  const answer = await cluster.call('app.takeQuota', key)
  if ('error' in answer) throw new Error(`quota: ${answer.error.message}`)
  const { granted } = answer.result
  expect(granted > 0, 'something of the quota').toBe(left > 0)
  expect(answer.result, 'quota').toMatchObject({ left: left - granted, quota: app.quota })
  model.accounts.grant(app, granted, cluster.nowMs)
}
