// Prints the fields of Traefik's configuration as JSON, from the Go types that Traefik itself decodes into.
// Built and run by generate.mjs in a module of its own that requires Traefik.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/Masterminds/sprig/v3"
	paerser "github.com/traefik/paerser/types"
	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	"github.com/traefik/traefik/v3/pkg/config/static"
	"github.com/traefik/traefik/v3/pkg/tls"
)

// Field is one field of a struct; the tags say how Traefik's decoder treats it in files and in labels.
type Field struct {
	Type  string `json:"type"`
	File  string `json:"file,omitempty"`
	Label string `json:"label,omitempty"`
	// As is the name in labels of a list that labels write as one struct.
	As string `json:"as,omitempty"`
}

type collector struct{ types map[string]map[string]Field }

var kinds = map[reflect.Kind]string{
	reflect.String: "string", reflect.Bool: "bool",
	reflect.Int: "int64", reflect.Int8: "int8", reflect.Int16: "int16", reflect.Int32: "int32", reflect.Int64: "int64",
	reflect.Uint: "uint64", reflect.Uint8: "uint8", reflect.Uint16: "uint16", reflect.Uint32: "uint32", reflect.Uint64: "uint64",
	reflect.Float32: "float32", reflect.Float64: "float64",
}

func (c collector) name(t reflect.Type) string {
	switch t {
	case reflect.TypeOf(paerser.Duration(0)):
		return "seconds"
	case reflect.TypeOf(time.Duration(0)):
		return "nanoseconds"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return c.name(t.Elem())
	case reflect.Slice:
		return "[]" + c.name(t.Elem())
	case reflect.Map:
		if t.Elem().Kind() == reflect.Interface {
			return "raw"
		}
		return "{}" + c.name(t.Elem())
	case reflect.Struct:
		return c.structure(t)
	}
	if kind, ok := kinds[t.Kind()]; ok {
		return kind
	}
	fmt.Fprintln(os.Stderr, "no kind for", t)
	os.Exit(1)
	return ""
}

func (c collector) structure(t reflect.Type) string {
	path := strings.TrimPrefix(t.PkgPath(), "github.com/traefik/traefik/v3/pkg/")
	name := strings.ReplaceAll(path, "/", ".") + "." + t.Name()
	if _, known := c.types[name]; known {
		return name
	}
	fields := map[string]Field{}
	c.types[name] = fields
	c.add(fields, t)
	return name
}

func (c collector) add(fields map[string]Field, t reflect.Type) {
	for i := range t.NumField() {
		field := t.Field(i)
		if field.PkgPath != "" {
			continue
		}
		if field.Anonymous && field.Type.Kind() == reflect.Struct {
			c.add(fields, field.Type)
			continue
		}
		// The decoder goes by the Go name, whatever its case; the YAML tag is how the documents spell it.
		name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if !strings.EqualFold(name, field.Name) {
			name = strings.ToLower(field.Name[:1]) + field.Name[1:]
		}
		fields[name] = Field{
			Type: c.name(field.Type),
			File: field.Tag.Get("file"), Label: field.Tag.Get("label"),
			As: field.Tag.Get("label-slice-as-struct"),
		}
	}
}

func keysOf[V any](values map[string]V, more ...string) []string {
	keys := more
	for key := range values {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return slices.Compact(keys)
}

func main() {
	c := collector{types: map[string]map[string]Field{}}
	roots := map[string]string{
		"dynamic": c.name(reflect.TypeOf(dynamic.Configuration{})),
		"static":  c.name(reflect.TypeOf(static.Configuration{})),
	}
	json.NewEncoder(os.Stdout).Encode(map[string]any{
		"roots": roots,
		"types": c.types,
		"values": map[string][]string{
			"tlsVersions":  keysOf(tls.MinVersion),
			"cipherSuites": keysOf(tls.CipherSuites),
			"curves":       keysOf(tls.CurveIDs),
			// Of the file provider (pkg/provider/file), beside Go's own.
			"templateFunctions": keysOf(sprig.TxtFuncMap(), "normalize", "split"),
		},
	})
}
