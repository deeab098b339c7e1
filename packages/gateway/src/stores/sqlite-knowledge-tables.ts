/** The tables of the documents of sites. A released migration is never changed. */

/**
 * The index holds no texts of its own: it reads the terms of the pieces, which triggers keep it in step with. The terms are normalised by the
 * writer, so that the tokenizer only has to divide them; marks belong to words in many scripts.
 */
export const KNOWLEDGE_SQLITE_TABLES = `CREATE TABLE knowledge_sources (
     site_id TEXT NOT NULL,
     source TEXT NOT NULL,
     started_ms REAL NOT NULL,
     finished_ms REAL,
     PRIMARY KEY (site_id, source)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE knowledge_documents (
     site_id TEXT NOT NULL,
     url TEXT NOT NULL,
     source TEXT NOT NULL,
     title TEXT NOT NULL,
     etag TEXT NOT NULL,
     last_modified TEXT NOT NULL,
     digest TEXT NOT NULL,
     links_json TEXT NOT NULL,
     checked_ms REAL NOT NULL,
     changed_ms REAL NOT NULL,
     PRIMARY KEY (site_id, url)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX knowledge_documents_by_source ON knowledge_documents (site_id, source, checked_ms);
   CREATE TABLE knowledge_pieces (
     id INTEGER PRIMARY KEY,
     site_id TEXT NOT NULL,
     url TEXT NOT NULL,
     ordinal INTEGER NOT NULL,
     heading TEXT NOT NULL,
     anchor TEXT NOT NULL,
     text TEXT NOT NULL,
     title_terms TEXT NOT NULL,
     heading_terms TEXT NOT NULL,
     text_terms TEXT NOT NULL,
     terms TEXT NOT NULL,
     UNIQUE (site_id, url, ordinal),
     FOREIGN KEY (site_id, url) REFERENCES knowledge_documents (site_id, url) ON DELETE CASCADE
   ) STRICT;
   CREATE VIRTUAL TABLE knowledge_index USING fts5 (title_terms, heading_terms, text_terms,
     content='knowledge_pieces', content_rowid='id', tokenize="unicode61 remove_diacritics 0 categories 'L* N* M*'");
   CREATE TRIGGER knowledge_pieces_added AFTER INSERT ON knowledge_pieces BEGIN
     INSERT INTO knowledge_index (rowid, title_terms, heading_terms, text_terms)
       VALUES (new.id, new.title_terms, new.heading_terms, new.text_terms);
   END;
   CREATE TRIGGER knowledge_pieces_removed AFTER DELETE ON knowledge_pieces BEGIN
     INSERT INTO knowledge_index (knowledge_index, rowid, title_terms, heading_terms, text_terms)
       VALUES ('delete', old.id, old.title_terms, old.heading_terms, old.text_terms);
   END;`;
