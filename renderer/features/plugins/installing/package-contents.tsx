import type { PluginInspection } from '../../../../schema/contract/plugin.ts';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { formatBytes } from '../../../ui/format.ts';
import { messages } from '../messages.ts';

/** Of a long list; the rest is counted. */
const SHOWN_LIMIT = 300;

/** The files of a package and, by its SBOM, what they are made of. */
export function PackageContents({ inspection }: { readonly inspection: PluginInspection }) {
  const { contents, components, files, sizeBytes, digest } = inspection;
  const count = messages.files(files);
  return (
    <section className="consent-part" aria-label={messages.contents}>
      <h3>{messages.contents}</h3>
      <p>{messages.filesCount(count, formatBytes(sizeBytes))}</p>
      <details className="consent-list">
        <summary>{messages.showFiles(count)}</summary>
        <ul>
          {contents.slice(0, SHOWN_LIMIT).map((file) => (
            <li key={file.path}>
              <span className="mono selectable">{file.path}</span>
              <span className="muted">{formatBytes(file.sizeBytes)}</span>
            </li>
          ))}
        </ul>
        <More of={contents.length} />
      </details>
      <h4>{messages.componentsTitle}</h4>
      {components.length === 0 ? <p>{messages.noComponents}</p> : <Components inspection={inspection} />}
      <p className="consent-digest muted">
        {messages.digest} <span className="mono selectable">{digest.slice(0, 32)}…</span>
        <CopyButton text={digest} label={messages.copyDigest} />
      </p>
    </section>
  );
}

function Components({ inspection: { components } }: { readonly inspection: PluginInspection }) {
  return (
    <>
      <table className="consent-components">
        <thead>
          <tr>
            <th scope="col">{messages.name}</th>
            <th scope="col">{messages.version}</th>
            <th scope="col">{messages.license}</th>
          </tr>
        </thead>
        <tbody>
          {components.slice(0, SHOWN_LIMIT).map(({ name, version, license }) => (
            <tr key={`${name} ${version ?? ''}`}>
              <td className="selectable">{name}</td>
              <td className="selectable">{version ?? '–'}</td>
              <td className="selectable">{license ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <More of={components.length} />
    </>
  );
}

function More({ of }: { readonly of: number }) {
  return of > SHOWN_LIMIT ? <p className="muted">{messages.more(of - SHOWN_LIMIT)}</p> : null;
}
