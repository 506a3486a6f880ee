import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../protocol/ids.ts'
import { Client } from '../../../server/web/client.ts'
import type { SessionHolder } from '../../../server/web/wire/session-holder.ts'
import { FakeSocket } from './fake-socket.ts'

const sessionEnded = 4010

function openClient(holder: SessionHolder = 'this user') {
  const socket = new FakeSocket()
  const told = { signedOut: 0, otherUser: 0 }
  const client = new Client({
    viewerId: 1 as UserId,
    openSocket: () => socket,
    keeper: { getItem: () => null, setItem: () => undefined, removeItem: () => undefined } as never,
    makeId: () => 'id',
    random: () => 0.5,
    whoseSession: async () => holder,
    onOtherUser: () => {
      told.otherUser++
    },
    onSignedOut: () => {
      told.signedOut++
    },
  })
  client.start()
  socket.onopen?.()
  return { client, told, endSession: () => socket.onclose?.({ code: sessionEnded }) }
}

describe('the end of a session', () => {
  test('that nobody here has asked for sends the reader to the log-in', () => {
    const { told, endSession } = openClient()
    endSession()
    expect(told.signedOut).toBe(1)
  })

  test('that the reader asks for is no surprise, though the line is closed before the answer', async () => {
    const { client, told, endSession } = openClient()
    await client.leave(async () => endSession())
    expect(told.signedOut).toBe(0)
  })

  test('that was refused leaves the line open, and a later end is a surprise again', async () => {
    const { client, told, endSession } = openClient()
    await expect(client.leave(() => Promise.reject(new Error('wrong')))).rejects.toThrow('wrong')
    expect(told.signedOut).toBe(0)
    endSession()
    expect(told.signedOut).toBe(1)
  })

  test('that comes while another try is refused is told of then', async () => {
    const { client, told, endSession } = openClient()
    const work = async (): Promise<void> => {
      endSession()
      throw new Error('wrong')
    }
    await expect(client.leave(work)).rejects.toThrow('wrong')
    expect(told.signedOut).toBe(1)
  })

  test('is not asked for where the session is another user’s by now: theirs would end', async () => {
    const { client, told } = openClient('another user')
    let asked = 0
    const work = async (): Promise<void> => {
      asked++
    }
    await expect(client.leave(work)).rejects.toMatchObject({ body: { code: 'unauthenticated' } })
    expect([asked, told.otherUser, told.signedOut]).toEqual([0, 1, 0])
  })
})
