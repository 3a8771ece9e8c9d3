import { routeTexts } from '../texts-route.ts'
import { MappedRecord, MappedText, MappedWay } from './MappingField.tsx'
import { leaveOut, type MappingProps, MethodPanel, stop } from './MethodPanel.tsx'
import { Panel } from '../components/Panel.tsx'
import classes from './RouteForm.module.css'
import { textAt } from './settings.ts'

/** Payment methods, shipping methods and taxes: each word of the shop with the record that stands for it. */
export function Methods(props: MappingProps) {
  const { payment, shipping } = routeTexts
  return (
    <>
      <MethodPanel
        {...props}
        texts={payment}
        table={['payment', 'methods']}
        list="map_payment"
        code="unmapped_payment_method"
        seenValues={props.seen?.paymentMethods ?? []}
        otherwise={[stop, leaveOut]}
      >
        <MappedText {...props} path={['payment', 'field']} label={payment.field} hint={payment.fieldHint} />
      </MethodPanel>
      <MethodPanel
        {...props}
        texts={shipping}
        table={['shipping', 'methods']}
        list="map_shipping"
        code="unmapped_shipping_method"
        seenValues={props.seen?.shippingMethods ?? []}
        otherwise={[stop, leaveOut]}
      />
      <Taxes {...props} />
    </>
  )
}

/** How the shop's tax gets into the record; the codes matter where NetSuite goes by them. */
function Taxes(props: MappingProps) {
  const { tax } = routeTexts
  const mode = (
    <MappedWay
      {...props}
      path={['tax', 'mode']}
      label={tax.mode}
      hint={tax.modeHint}
      ways={tax.modes}
      usual="taxCode"
    />
  )
  if (textAt(props.mapping, ['tax', 'mode']) === 'taxItemLine')
    return (
      <Panel title={tax.title}>
        <div className={classes.row}>
          {mode}
          <MappedRecord {...props} list="map_item_kind" path={['tax', 'item']} label={tax.item} />
        </div>
      </Panel>
    )
  return (
    <MethodPanel
      {...props}
      lead={mode}
      texts={tax}
      table={['tax', 'codes']}
      list="map_tax"
      code="unmapped_tax"
      seenValues={props.seen?.taxes ?? []}
      otherwise={[stop]}
    >
      <MappedRecord {...props} list="map_tax" path={['tax', 'none']} label={tax.none} />
      <MappedRecord {...props} list="map_tax" path={['tax', 'shippingTaxCode']} label={tax.shipping} />
      {textAt(props.mapping, ['tax', 'mode']) === 'suiteTaxOverride' ? (
        <MappedText
          {...props}
          path={['tax', 'type']}
          label={tax.type}
          hint={tax.typeHint}
          inputMode="numeric"
        />
      ) : null}
    </MethodPanel>
  )
}
