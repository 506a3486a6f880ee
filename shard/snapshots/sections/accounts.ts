// Accounts: password hashes and contact data, for the host of the user alone.

import type { Contact } from '../../state/users/accounts.ts'
import { bytesMaxOf, varintBytesMax } from '../chunk.ts'
import type { Section } from './section.ts'

/**
 * Record: number of the user, as the difference to the one before; password hash; e-mail address and date
 * of birth, which are empty where there are none.
 */
export const accountsSection: Section = {
  code: 6,

  write({ state, users }, writer) {
    writer.begin(accountsSection.code)
    let previous = 0
    for (const [number, user] of users.entries()) {
      const userId = state.users.idOf(user)
      const passwordHash = state.accounts.passwordHash(userId)
      if (passwordHash === undefined) continue
      const { email = '', birthDate = '' } = state.accounts.contact(userId)
      const bytesMax = bytesMaxOf(passwordHash) + bytesMaxOf(email) + bytesMaxOf(birthDate)
      if (writer.record(varintBytesMax + bytesMax)) previous = 0
      writer.integer(number - previous)
      writer.text(passwordHash)
      writer.text(email)
      writer.text(birthDate)
      previous = number
    }
  },

  isWanted: ({ isHosted }) => isHosted,

  read({ state, users }, reader) {
    let number = 0
    while (!reader.isAtEnd) {
      number += reader.integer()
      const userId = state.users.idOf(users[number]!)
      const passwordHash = reader.text()
      const contact = contactOf(reader.text(), reader.text())
      state.accounts.create({ userId, passwordHash, contact })
    }
  },
}

function contactOf(email: string, birthDate: string): Contact {
  return { ...(email === '' ? {} : { email }), ...(birthDate === '' ? {} : { birthDate }) }
}
