/** Gives the visitor a file, as browsers do it: a link that is pressed. */

export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement('a');
  const url = URL.createObjectURL(blob);
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it by the next task.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  });
}
