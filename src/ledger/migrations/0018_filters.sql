-- What an order has to be like for the route to import it: [{ field, operator, values }], all of which have to let it through.
ALTER TABLE routes ADD COLUMN filters jsonb NOT NULL DEFAULT '[]';
