/** The tables of the documents of sites. A released migration is never changed. */

/** As one statement after the other. `search` has the terms of a piece, by which it is found. */
export const KNOWLEDGE_TABLES = `CREATE TABLE rivulet_knowledge_sources (
     site_id text COLLATE "C" NOT NULL,
     source text COLLATE "C" NOT NULL,
     started_ms double precision NOT NULL,
     finished_ms double precision,
     PRIMARY KEY (site_id, source)
   );
   CREATE TABLE rivulet_knowledge_documents (
     site_id text COLLATE "C" NOT NULL,
     url text COLLATE "C" NOT NULL,
     source text COLLATE "C" NOT NULL,
     title text NOT NULL,
     etag text NOT NULL,
     last_modified text NOT NULL,
     digest text NOT NULL,
     links_json text NOT NULL,
     checked_ms double precision NOT NULL,
     changed_ms double precision NOT NULL,
     PRIMARY KEY (site_id, url)
   );
   CREATE INDEX rivulet_knowledge_documents_by_source ON rivulet_knowledge_documents (site_id, source, checked_ms);
   CREATE TABLE rivulet_knowledge_pieces (
     site_id text COLLATE "C" NOT NULL,
     url text COLLATE "C" NOT NULL,
     ordinal integer NOT NULL,
     heading text NOT NULL,
     anchor text NOT NULL,
     text text NOT NULL,
     title_terms text NOT NULL,
     heading_terms text NOT NULL,
     text_terms text NOT NULL,
     terms text NOT NULL,
     search tsvector GENERATED ALWAYS AS (array_to_tsvector(string_to_array(terms, ' '))) STORED,
     PRIMARY KEY (site_id, url, ordinal),
     FOREIGN KEY (site_id, url) REFERENCES rivulet_knowledge_documents (site_id, url) ON DELETE CASCADE
   );
   CREATE INDEX rivulet_knowledge_pieces_search ON rivulet_knowledge_pieces USING gin (search);`;
