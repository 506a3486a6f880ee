// A tag as a parameter: the name of a hashtag, folded, so that all ways to write it are one.

import { f } from './fields.ts'
import { tagLengthMax } from './limits.ts'
import { foldText } from './text/case-fold.ts'
import { extractEntities } from './text/entities.ts'

/** @returns the folded name, or what is wrong with it; a `#` in front is left out */
export function checkTag(text: string): string | { readonly problem: string } {
  const name = text.replace(/^[#＃]/u, '')
  const [hashtag] = name.isWellFormed() ? extractEntities(`#${name}`).hashtags : []
  if (hashtag?.tag !== name) return { problem: 'must be the name of a hashtag' }
  return foldText(name)
}

export const tagField = f.text({
  lengthMax: tagLengthMax,
  meaning: 'The name of a hashtag, without the `#`; upper and lower case are the same.',
  rule: checkTag,
})
