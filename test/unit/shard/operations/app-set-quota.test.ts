import { describe, expect, test } from 'vitest'
import { partitionOfId } from '../../../../protocol/ids.ts'
import { appCreateHandler } from '../../../../shard/operations/app-create.ts'
import { appListHandler } from '../../../../shard/operations/app-list.ts'
import { appSetQuotaHandler } from '../../../../shard/operations/app-set-quota.ts'
import { auditListHandler } from '../../../../shard/operations/audit-list.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

const by = 'moira'
const reason = 'a partner'

describe('app.setQuota', () => {
  test('sets it, and stands in the audit log', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const { app } = shard.ask(appCreateHandler, alice, { name: 'Rook reader' })
    const params = { handle: 'alice', appId: app.id, quota: 1_000_000, by, reason }
    const set = shard.ask(appSetQuotaHandler, stranger, params)
    expect(set).toEqual({ userId: alice, appId: app.id, quota: 1_000_000 })
    expect(shard.ask(appListHandler, alice, {}).apps).toEqual([{ ...app, quota: 1_000_000 }])
    const partition = partitionOfId(alice)
    expect(shard.ask(auditListHandler, stranger, { partition }).actions).toMatchObject([
      { action: 'quota', by, reason, userId: alice, appId: app.id, quota: 1_000_000 },
    ])
  })

  test('what is so already is not logged; of what is not there, nothing', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const { app } = shard.ask(appCreateHandler, alice, { name: 'Rook reader' })
    const logged = shard.log.length
    const params = { handle: 'alice', appId: app.id, quota: app.quota, by, reason }
    expect(shard.ask(appSetQuotaHandler, stranger, params).quota).toBe(app.quota)
    expect(shard.log).toHaveLength(logged)
    const unknown = { ...params, appId: app.id + 1 }
    expect(shard.call(appSetQuotaHandler, stranger, unknown).kind).toBe('absent')
  })
})
