import { promotionList } from '../../protocol/operations/promotion-list.ts'
import { implementRead } from './implement.ts'
import { writePromotions } from './promotions.ts'

export const promotionListHandler = implementRead(promotionList, {
  read(view, { actor }, _params, writer) {
    const { promotions } = view
    writer.map(3)
    writer.text('promotions')
    writePromotions(writer, view, actor)
    writer.text('fundedMicros')
    writer.integer(promotions.fundsOf(actor).fundedMicros)
    writer.text('availableMicros')
    writer.integer(promotions.availableOf(actor))
    return undefined
  },
})
