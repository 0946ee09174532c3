/** Offers a text, in one piece or many, as a file in UTF-8. */
export function download(name: string, ...parts: string[]): void {
  const url = URL.createObjectURL(new Blob(parts, { type: 'text/plain' }));
  const link = document.createElement('a');
  link.download = name;
  link.href = url;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), DOWNLOAD_MS);
}

/** The page may let go of the text once the download has begun. */
const DOWNLOAD_MS = 60_000;
