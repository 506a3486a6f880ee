// The registry of sections, in the order in which they stand in a file: a new kind of facts is a file
// beside this one and a line here. The users come first, as all others refer to them.

import { accountsSection } from './accounts.ts'
import { cardsSection } from './cards.ts'
import { collectionsSection } from './collections.ts'
import { favoriteOrderSection } from './favorite-order.ts'
import { followsSection } from './follows.ts'
import { marksSection } from './marks.ts'
import { mutedWordsSection } from './muted-words.ts'
import { noticesSection } from './notices.ts'
import { fundsSection, impressionsSection, promotionsSection } from './promotions.ts'
import { rememberedSection } from './remembered.ts'
import { requestsSection } from './requests.ts'
import type { Section } from './section.ts'
import { sessionsSection } from './sessions.ts'
import { tweetsSection } from './tweets.ts'
import { unattachedMediaSection } from './unattached-media.ts'
import { actionsSection, appsSection, reportsSection } from './user-records.ts'
import { usersSection } from './users.ts'

export const sections: readonly Section[] = [
  usersSection,
  cardsSection,
  tweetsSection,
  followsSection,
  marksSection,
  accountsSection,
  sessionsSection,
  rememberedSection,
  unattachedMediaSection,
  requestsSection,
  mutedWordsSection,
  appsSection,
  reportsSection,
  actionsSection,
  collectionsSection,
  fundsSection,
  promotionsSection,
  impressionsSection,
  favoriteOrderSection,
  noticesSection,
]
