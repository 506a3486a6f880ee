// Muting and blocking somebody, as entries of menus and as buttons.

import type { User } from '../../../protocol/entities.ts'
import type { MenuEntry } from './menu.tsx'
import { useClient } from './use-client.ts'
import { useDeed } from './use-deed.ts'

type RelationName = 'user.mute' | 'user.unmute' | 'user.block' | 'user.unblock'
export type Relations = (user: User, name: RelationName) => Promise<boolean>

const words: Readonly<Record<RelationName, string>> = {
  'user.mute': 'is muted: their tweets come to you no more.',
  'user.unmute': 'is muted no more.',
  'user.block': 'is blocked: neither of you sees the other.',
  'user.unblock': 'is blocked no more.',
}

/** What a reader does about somebody: told to the server, shown everywhere, and said. */
export function useRelations(): Relations {
  const client = useClient()
  const { run } = useDeed()
  return (user, name) =>
    run(async () => {
      const answer = await client.call(name, { userId: user.id })
      client.entities.learnUser(answer.user)
      if (name === 'user.mute') client.hideAuthor(user.id, 'mute')
      if (name === 'user.block') client.hideAuthor(user.id, 'block')
    }, `@${user.handle} ${words[name]}`)
}

export function relationEntries(user: User, relate: Relations): MenuEntry[] {
  const { muting = false, blocking = false } = user.viewer ?? {}
  return [
    {
      icon: 'mute',
      words: muting ? `Unmute @${user.handle}` : `Mute @${user.handle}`,
      onUse: () => void relate(user, muting ? 'user.unmute' : 'user.mute'),
    },
    {
      icon: 'block',
      words: blocking ? `Unblock @${user.handle}` : `Block @${user.handle}`,
      onUse: () => void relate(user, blocking ? 'user.unblock' : 'user.block'),
    },
  ]
}
