// What a reader has chosen for this browser: colours, keys, and the order of the home timeline.
//
// The colours are kept in a cookie, because the server writes them into the page: a dark room stays dark
// while the page loads, and no script has to stand in it.

import { keeper } from './keeper.ts'
import { Cell } from './store/cell.ts'

export type Theme = 'system' | 'light' | 'dark'

export const themes: readonly Theme[] = ['system', 'light', 'dark']

const cookieSeconds = 365 * 24 * 60 * 60
const keysKey = 'rookery.keys'

export const theme: Cell<Theme> = new Cell<Theme>(themeOfDocument())
/** Whether single letters do something (WCAG 2.1.4 asks that they can be switched off). */
export const hasKeys: Cell<boolean> = new Cell(keeper.getItem(keysKey) !== 'off')

export type HomeOrder = 'latest' | 'top'
const orderKey = 'rookery.home'
/** In which order the home timeline stands. */
export const homeOrder: Cell<HomeOrder> = new Cell<HomeOrder>(
  keeper.getItem(orderKey) === 'top' ? 'top' : 'latest',
)

export function chooseHomeOrder(order: HomeOrder): void {
  homeOrder.set(order)
  keeper.setItem(orderKey, order)
}

export function chooseTheme(chosen: Theme): void {
  theme.set(chosen)
  document.documentElement.dataset['theme'] = chosen
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet.
  document.cookie = `rookery_theme=${chosen}; Path=/; Max-Age=${cookieSeconds}; SameSite=Lax`
}

export function chooseKeys(chosen: 'on' | 'off'): void {
  hasKeys.set(chosen === 'on')
  keeper.setItem(keysKey, chosen)
}

function themeOfDocument(): Theme {
  const shown = document.documentElement.dataset['theme']
  return themes.find((one) => one === shown) ?? 'system'
}
