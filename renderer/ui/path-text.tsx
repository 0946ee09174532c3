import { Fragment } from 'react';

/** Text with paths in it, which break behind a slash rather than within a name. */
export function PathText({ text }: { readonly text: string }) {
  const parts = text.split(/(?<=[^\s/]\/)(?=[^\s/])/);
  return parts.map((part, index) => (
    <Fragment key={index}>
      {index > 0 ? <wbr /> : null}
      {part}
    </Fragment>
  ));
}
