import type { AuditTimeline } from '../../../schema/contract/audit.ts';
import { messages } from './messages.ts';

/** The numbers of the picture for who hears them. */
export function TimelineTable({ timeline, about }: { readonly timeline: AuditTimeline; readonly about: string }) {
  return (
    <table className="visually-hidden">
      <caption>{about}</caption>
      <thead>
        <tr>
          <th scope="col">{messages.tableKind}</th>
          <th scope="col">{messages.tableRecords}</th>
          <th scope="col">{messages.legend.denied}</th>
          <th scope="col">{messages.legend.reviewed}</th>
        </tr>
      </thead>
      <tbody>
        {timeline.lanes.map(({ kind, slots }) => (
          <tr key={kind}>
            <th scope="row">{messages.kinds[kind]}</th>
            <td>{slots.reduce((sum, slot) => sum + slot.records, 0)}</td>
            <td>{slots.reduce((sum, slot) => sum + slot.denied, 0)}</td>
            <td>{slots.reduce((sum, slot) => sum + slot.reviewed, 0)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
