import type { ReactNode } from 'react';
import './page.css';

/** Next's metadata of all pages. */
export const metadata = { title: 'Rivulet in Next', icons: { icon: 'data:,' } };

/** The layout of all pages. */
export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
