// The comparison of how one comes in: which tokens and keys are good, and the applications of a developer.

import { expect } from 'vitest'
import { hashToken } from '../../protocol/credentials.ts'
import type { UserId } from '../../protocol/ids.ts'
import type { Model } from './model.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

type World = { readonly cluster: Pick<SimulatedCluster, 'call' | 'random'>; readonly model: Model }

const nobody = { error: { code: 'unauthenticated' } }

/** The applications of one user; and some token and some key of anybody, good ones and others. */
export async function compareAccounts(user: number, world: World): Promise<void> {
  await compareApps(user, world)
  await compareToken(world)
  await compareKey(world)
}

function chosen<T>(list: readonly T[], { cluster }: World): T | undefined {
  return list[Math.floor(cluster.random() * list.length)]
}

/** The oldest first. */
async function compareApps(user: number, { cluster, model }: World): Promise<void> {
  const answer = await cluster.call('app.list', {}, { actor: user })
  if ('error' in answer) throw new Error(`applications: ${answer.error.message}`)
  const own = model.accounts.apps.filter(({ owner }) => owner === user)
  expect(
    answer.result.apps.map(({ id, name, quota }) => ({ id, name, quota })),
    'applications',
  ).toEqual(own.map(({ id, name, quota }) => ({ id, name, quota })))
}

async function compareToken(world: World): Promise<void> {
  const { sessions, endedSessions } = world.model.accounts
  const session = chosen([...sessions, ...endedSessions], world)
  if (session === undefined) return
  const [id, token] = session
  const answer = await world.cluster.call('session.resume', { token })
  expect(answer, 'token').toMatchObject(
    sessions.includes(session) ? { result: { user: { id } } } : nobody,
  )
}

async function compareKey(world: World): Promise<void> {
  const { apps, endedKeys } = world.model.accounts
  const good = apps.map(({ id, owner, key }) => ({ id, owner, key }))
  const ended = endedKeys.map(([owner, key]) => ({ id: undefined, owner, key }))
  const one = chosen([...good, ...ended], world)
  if (one === undefined) return
  const { id: appId, owner, key } = one
  const params = { userId: owner as UserId, keyHash: hashToken(key) }
  const answer = await world.cluster.call('app.identify', params)
  expect(answer, 'key').toMatchObject(appId === undefined ? nobody : { result: { appId } })
}
